using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Local.Server;

/// <summary>Maps the calls of the HTTP API onto ASP.NET Core.</summary>
internal static class ApiEndpoints
{
    private const string ContinuationHeader = "x-ms-continuation-token";

    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        foreach (var route in ApiRoutes.All)
        {
            // As a delegate of its own kind and not a plain RequestDelegate, which the OpenAPI document would leave out.
            Delegate answer = (HttpContext context) => AnswerAsync(route, context);
            var endpoint = endpoints.MapMethods($"/{route.Template}", [route.Method], answer).WithName(route.Name).WithMetadata(route);
            if (route.Anonymous)
            {
                endpoint.WithMetadata(AnonymousCall.Instance);
            }
        }
    }

    private static async Task AnswerAsync(ApiRoute route, HttpContext context)
    {
        var services = context.RequestServices;
        var logger = services.GetRequiredService<ILogger<HavenServer>>();
        using var body = new MemoryStream();
        if (!await TryReadBodyAsync(context, body))
        {
            return;
        }

        // A stream of events would keep the server from ending.
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            var request = Request(context, body, services.GetRequiredService<SettingsSource>().Current.Server);
            var response = await route.AnswerAsync(services, request, e => Log(logger, e, route), ends.Token);
            await SendAsync(context.Response, response, ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The caller went away, or this process ends: nobody waits for the rest.
            if (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            {
                await Problems.WriteAsync(
                    context,
                    StatusCodes.Status503ServiceUnavailable,
                    "Stopping",
                    "This server is ending; try again."
                );
            }
        }
    }

    private static ApiRequest Request(HttpContext context, Stream body, ServerOptions server)
    {
        var request = context.Request;
        var own = server.PublicUrl.Length > 0 ? server.PublicUrl : $"{request.Scheme}://{request.Host.Value}";
        return new ApiRequest
        {
            Route = request.RouteValues.ToDictionary(value => value.Key, value => value.Value?.ToString() ?? "", StringComparer.Ordinal),
            Query = request.Query.ToDictionary(value => value.Key, value => value.Value[0] ?? "", StringComparer.OrdinalIgnoreCase),
            Body = body,
            ContinuationToken = request.Headers[ContinuationHeader].FirstOrDefault(),
            IfNoneMatch = request.Headers.IfNoneMatch.FirstOrDefault(),
            BaseAddress = own,
        };
    }

    /// <summary>The whole body, so that what is too large is refused as such; false = it was refused.</summary>
    private static async Task<bool> TryReadBodyAsync(HttpContext context, MemoryStream body)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(RequestLimits.BodyTime);
        try
        {
            await context.Request.Body.CopyToAsync(body, patience.Token);
            body.Position = 0;
            return true;
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await Problems.WriteAsync(
                context,
                e.StatusCode,
                "Too large",
                $"The body is larger than {ApiRoutes.MaxBodyBytes} bytes; send less at once."
            );
        }
        catch (BadHttpRequestException e)
        {
            await Problems.WriteAsync(context, e.StatusCode, "The body cannot be read", e.Message);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await Problems.WriteAsync(
                context,
                StatusCodes.Status408RequestTimeout,
                "Too slow",
                $"The body did not arrive within {RequestLimits.BodyTime.TotalSeconds} s."
            );
        }
        catch (OperationCanceledException)
        {
            // The caller went away: nobody waits for an answer.
        }

        return false;
    }

    private static async Task SendAsync(HttpResponse response, ApiResponse answer, CancellationToken cancellationToken)
    {
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        if (answer.Stream is { } write)
        {
            response.ContentType = answer.ContentType;
            await response.StartAsync(cancellationToken);
            await write(response.Body, cancellationToken);
        }
        else if (!answer.Body.IsEmpty)
        {
            response.ContentType = answer.ContentType;
            response.ContentLength = answer.Body.Length;
            await response.Body.WriteAsync(answer.Body, cancellationToken);
        }
    }

    private static string? Log(ILogger logger, Exception exception, ApiRoute route)
    {
        logger.LogError(exception, "{Call} failed", route.Name);
        return null;
    }
}
