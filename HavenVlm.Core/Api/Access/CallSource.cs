namespace HavenVlm.Core.Api.Access;

/// <summary>What a call's headers say about where it comes from.</summary>
public sealed record CallSource
{
    /// <summary>HTTP method in capitals.</summary>
    public required string Method { get; init; }

    /// <summary>Host and port as the caller wrote them.</summary>
    public required string Host { get; init; }

    /// <summary>The header <c>Origin</c>, which browsers send with what changes something; empty = none.</summary>
    public string Origin { get; init; } = "";

    /// <summary>The header <c>Sec-Fetch-Site</c>, which no page can change; empty = none.</summary>
    public string FetchSite { get; init; } = "";

    /// <summary>The header <c>Content-Type</c>; empty = none.</summary>
    public string ContentType { get; init; } = "";

    /// <summary>Whether the call sends a body, however long.</summary>
    public bool HasBody { get; init; }

    /// <summary>Whether the call is made to change something.</summary>
    public bool Changes => Method.ToUpperInvariant() is not ("GET" or "HEAD" or "OPTIONS");
}
