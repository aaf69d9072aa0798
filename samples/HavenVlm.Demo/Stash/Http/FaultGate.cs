using Microsoft.AspNetCore.Http;

namespace HavenVlm.Demo.Stash.Http;

/// <summary>Lets the fault that is set strike the requests it is meant for.</summary>
internal sealed class FaultGate
{
    private readonly Lock guard = new();
    private StashFault? fault;
    private int left;

    public StashFault? Fault
    {
        get => fault;
        set
        {
            lock (guard)
            {
                fault = value;
                left = value?.Times ?? 0;
            }
        }
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (Take(context) is not { } struck)
        {
            await next(context);
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
            await AnswerAsync(context, status);
            return;
        }

        if ((struck.DropAfter ?? struck.TruncateAfter) is { } limit)
        {
            context.Response.Body = new CutStream(context.Response.Body, limit, struck.DropAfter is null ? null : context.Abort);
        }

        await next(context);
    }

    private StashFault? Take(HttpContext context)
    {
        lock (guard)
        {
            var hit = fault?.Scope switch
            {
                null => false,
                StashFaultScope.GraphQl => context.Request.Path == "/graphql",
                StashFaultScope.Media => context.Request.Path != "/graphql",
                _ => true,
            };
            return hit && left-- > 0 ? fault : null;
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
