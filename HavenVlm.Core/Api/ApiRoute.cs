namespace HavenVlm.Core.Api;

/// <summary>One call of the HTTP API.</summary>
public sealed record ApiRoute
{
    /// <summary>HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>Path with placeholders such as <c>api/instances/{id}</c>, without a leading slash.</summary>
    public required string Template { get; init; }

    /// <summary>Unique name: the operation id, and the name of the Azure function.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, for the OpenAPI document.</summary>
    public required string Summary { get; init; }

    /// <summary>Whether it answers without a key.</summary>
    public bool Anonymous { get; init; }

    /// <summary>Shape of the request's body; null = none.</summary>
    public Type? RequestType { get; init; }

    /// <summary>Shape of the response's body; null = not JSON.</summary>
    public Type? ResponseType { get; init; }

    /// <summary>Status of the good answer.</summary>
    public int SuccessStatus { get; init; } = 200;

    /// <summary>Names of query parameters.</summary>
    public IReadOnlyList<string> QueryParameters { get; init; } = [];

    /// <summary>Hands the call to the service that answers it; <see cref="ApiRoutes.AnswerAsync"/> makes problems of its failures.</summary>
    public required ApiHandler HandleAsync { get; init; }
}

/// <summary>Answers a call.</summary>
/// <param name="services">The services of the host.</param>
/// <param name="request">What was sent.</param>
/// <param name="cancellationToken">Gives up.</param>
public delegate Task<ApiResponse> ApiHandler(IServiceProvider services, ApiRequest request, CancellationToken cancellationToken);
