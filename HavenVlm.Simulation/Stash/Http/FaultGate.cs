using System.Text;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Simulation.Stash.Http;

/// <summary>Lets the fault that is set strike the requests it is meant for.</summary>
internal sealed class FaultGate
{
    private readonly Lock _guard = new();
    private StashFault? _fault;
    private int _left;
    private readonly LateRequests _late = new();

    /// <summary>Requests that are carried out after their clients gave them up.</summary>
    public LateRequests Late => _late;

    public StashFault? Fault
    {
        get => _fault;
        set
        {
            lock (_guard)
            {
                _fault = value;
                _left = value?.Times ?? 0;
            }
        }
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var body = await LateRequests.ReadBodyAsync(context);
        if (Take(context, body) is not { } struck)
        {
            await _late.PassAsync(context, next, body);
            return;
        }

        if (struck.Refuse)
        {
            context.Abort();
            return;
        }

        if (struck.Latency > TimeSpan.Zero)
        {
            await Task.Delay(struck.Latency, context.RequestAborted);
        }

        if (struck.Status is { } status)
        {
            if (struck.RetryAfter is { } after)
            {
                context.Response.Headers.RetryAfter = after;
            }

            await AnswerAsync(context, status);
            return;
        }

        if ((struck.DropAfter ?? struck.TruncateAfter) is { } limit)
        {
            context.Response.Body = new CutStream(context.Response.Body, limit, struck.DropAfter is null ? null : context.Abort);
        }

        switch (struck.Execution)
        {
            case StashExecution.Late:
                _late.Keep(context, next, body);
                context.Abort();
                return;
            case StashExecution.Twice:
                await next(LateRequests.Copy(context, body));
                break;
            case StashExecution.AgainLate:
                _late.Keep(context, next, body);
                break;
            case StashExecution.Once:
            default:
                break;
        }

        await _late.PassAsync(context, next, body);
    }

    private StashFault? Take(HttpContext context, byte[] body)
    {
        lock (_guard)
        {
            var hit = _fault?.Scope switch
            {
                null => false,
                StashFaultScope.GraphQl => context.Request.Path == "/graphql",
                StashFaultScope.Media => context.Request.Path != "/graphql",
                _ => true,
            };
            hit =
                hit
                && (_fault!.Containing.Length == 0 || Encoding.UTF8.GetString(body).Contains(_fault.Containing, StringComparison.Ordinal));
            return hit && _left-- > 0 ? _fault : null;
        }
    }

    private static Task AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "FormBased";
            return Task.CompletedTask;
        }

        if (status == StatusCodes.Status422UnprocessableEntity)
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(
                """{"errors":[{"message":"injected","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}],"data":null}"""
            );
        }

        return context.Response.WriteAsync("injected\n");
    }
}
