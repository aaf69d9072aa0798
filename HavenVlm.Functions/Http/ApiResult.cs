using HavenVlm.Core.Api;
using HavenVlm.Core.Api.Access;
using Microsoft.AspNetCore.Http;

namespace HavenVlm.Functions.Http;

/// <summary>Sends an answer of the API; bodies that go on for a while are sent as they are written.</summary>
internal sealed class ApiResult(ApiResponse answer) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var cancellationToken = httpContext.RequestAborted;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in ResponseHeaders.Secure.Concat(answer.Headers))
        {
            response.Headers[name] = value;
        }

        try
        {
            await SendBodyAsync(response, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller went away: nobody waits for the rest.
        }
    }

    private async Task SendBodyAsync(HttpResponse response, CancellationToken cancellationToken)
    {
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
}
