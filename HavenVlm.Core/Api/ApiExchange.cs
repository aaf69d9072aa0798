using System.Text.Json;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Api;

/// <summary>A request as the routes need it, whichever host received it.</summary>
public sealed record ApiRequest
{
    /// <summary>Values of the route's placeholders.</summary>
    public required IReadOnlyDictionary<string, string> Route { get; init; }

    /// <summary>Values of the query; the first of each name.</summary>
    public required IReadOnlyDictionary<string, string> Query { get; init; }

    /// <summary>The body; hosts bound its length.</summary>
    public required Stream Body { get; init; }

    /// <summary>The header <c>x-ms-continuation-token</c>, as Durable Functions uses it; null = none.</summary>
    public string? ContinuationToken { get; init; }

    /// <summary>The header <c>If-None-Match</c>; null = none.</summary>
    public string? IfNoneMatch { get; init; }

    /// <summary>Scheme and host under which the caller reached us, without a trailing slash.</summary>
    public required string BaseAddress { get; init; }

    /// <summary>A value of the query, or null.</summary>
    internal string? QueryValue(string name) => Query.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>The body as JSON; an empty body is an empty object. A key that is unknown is a mistake: leaving it out would ask for more than was meant.</summary>
    /// <exception cref="ApiException">The body is no JSON of that shape.</exception>
    internal Task<T> ReadAsync<T>(CancellationToken cancellationToken) => ReadAsync<T>(allowsUnknown: false, cancellationToken);

    /// <summary>The body as JSON of which only some keys matter, as what Stash sends.</summary>
    /// <exception cref="ApiException">The body is no JSON of that shape.</exception>
    internal Task<T> ReadPartOfAsync<T>(CancellationToken cancellationToken) => ReadAsync<T>(allowsUnknown: true, cancellationToken);

    private async Task<T> ReadAsync<T>(bool allowsUnknown, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await Body.CopyToAsync(buffer, cancellationToken);
        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        return ApiBody.Parse<T>(bytes.Length == 0 ? "{}"u8 : bytes.Span, allowsUnknown);
    }
}

/// <summary>A response as the hosts send it.</summary>
public sealed record ApiResponse
{
    /// <summary>HTTP status code.</summary>
    public required int Status { get; init; }

    /// <summary>Headers beside the content type.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Content type of the body; JSON unless set.</summary>
    public string ContentType { get; init; } = "application/json; charset=utf-8";

    /// <summary>The body, unless <see cref="Stream"/> writes it.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Writes a body that goes on for a while, such as events; null = <see cref="Body"/> is the body.</summary>
    public Func<Stream, CancellationToken, Task>? Stream { get; init; }

    /// <summary>A JSON body.</summary>
    internal static ApiResponse Json<T>(int status, T value) =>
        new() { Status = status, Body = JsonSerializer.SerializeToUtf8Bytes(value, HavenJson.Options) };

    /// <summary>The problem that an exception amounts to.</summary>
    internal static ApiResponse Problem(int status, string title, string detail) =>
        Json(
            status,
            new Problem
            {
                Title = title,
                Status = status,
                Detail = detail,
            }
        ) with
        {
            ContentType = "application/problem+json; charset=utf-8",
        };
}

/// <summary>A request cannot be answered as asked; becomes problem details.</summary>
internal sealed class ApiException(int status, string title, string detail) : Exception(detail)
{
    public int Status { get; } = status;

    public string Title { get; } = title;
}
