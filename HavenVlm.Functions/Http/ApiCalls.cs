using System.Runtime.CompilerServices;
using HavenVlm.Core.Api;
using HavenVlm.Core.Api.Access;
using HavenVlm.Core.Configuration;
using HavenVlm.Functions.Storage;
using HavenVlm.Functions.Workflows;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Http;

/// <summary>Answers HTTP calls from the table of routes that both hosts share.</summary>
/// <param name="services">Has what answers.</param>
/// <param name="clients">Takes the client of the task hub.</param>
/// <param name="settings">The settings.</param>
/// <param name="logger">Where failures are logged.</param>
public sealed class ApiCalls(IServiceProvider services, DurableClients clients, SettingsSource settings, ILogger<ApiCalls> logger)
{
    private const string ContinuationHeader = "x-ms-continuation-token";
    private static readonly Dictionary<string, ApiRoute> Routes = ApiRoutes.All.ToDictionary(route => route.Name, StringComparer.Ordinal);

    /// <summary>Answers a call.</summary>
    /// <param name="request">The call.</param>
    /// <param name="client">The client of the task hub.</param>
    /// <param name="name">Name of the route; the function's method has the same.</param>
    public Task<IResult> AnswerAsync(HttpRequest request, DurableTaskClient client, [CallerMemberName] string name = "")
    {
        clients.Use(client);
        return AnswerAsync(request, name);
    }

    /// <summary>Answers a call that needs no instances.</summary>
    /// <param name="request">The call.</param>
    /// <param name="name">Name of the route; the function's method has the same.</param>
    public async Task<IResult> AnswerAsync(HttpRequest request, [CallerMemberName] string name = "")
    {
        var own = PublicAddress.Of(request, settings.Current.Server.PublicUrl);
        // The host has checked the key before this worker was asked.
        if (CallGuard.Refusal(Source(request), [own], isOpen: false) is { } refusal)
        {
            return new ApiResult(refusal);
        }

        var cancellationToken = request.HttpContext.RequestAborted;
        using var body = await ReadBodyAsync(request, cancellationToken);
        if (body is null)
        {
            return Results.Problem(
                $"The body is larger than {ApiRoutes.MaxBodyBytes} bytes; send less at once.",
                statusCode: StatusCodes.Status413PayloadTooLarge,
                title: "Too large"
            );
        }

        var answer = await Routes[name]
            .AnswerAsync(services, Request(request, body, own), e => Explain(e, name, cancellationToken), cancellationToken);
        return new ApiResult(answer);
    }

    private string? Explain(Exception exception, string name, CancellationToken cancellationToken)
    {
        logger.LogError(exception, "{Call} failed", name);
        return StorageFault.IsPassing(exception, cancellationToken)
            ? $"The storage account cannot be used now: {StorageFault.Describe(exception)}."
            : null;
    }

    private static CallSource Source(HttpRequest request) =>
        new()
        {
            Method = request.Method,
            Host = request.Host.Value ?? "",
            Origin = request.Headers.Origin.ToString(),
            FetchSite = request.Headers["Sec-Fetch-Site"].ToString(),
            ContentType = request.ContentType ?? "",
            HasBody = request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0,
        };

    private static ApiRequest Request(HttpRequest request, Stream body, string ownAddress) =>
        new()
        {
            Route = request.RouteValues.ToDictionary(value => value.Key, value => value.Value?.ToString() ?? "", StringComparer.Ordinal),
            Query = request.Query.ToDictionary(value => value.Key, value => value.Value[0] ?? "", StringComparer.OrdinalIgnoreCase),
            Body = body,
            ContinuationToken = request.Headers[ContinuationHeader].FirstOrDefault(),
            IfNoneMatch = request.Headers.IfNoneMatch.FirstOrDefault(),
            BaseAddress = ownAddress,
        };

    /// <summary>The whole body, so that what is too large is refused as such; null = it is.</summary>
    private static async Task<MemoryStream?> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await body.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            if (body.Length > ApiRoutes.MaxBodyBytes)
            {
                await body.DisposeAsync();
                return null;
            }
        }

        body.Position = 0;
        return body;
    }
}
