namespace HavenVlm.Core.Stash.Client;

/// <summary>What a marker says in Stash.</summary>
internal sealed record MarkerContent
{
    /// <summary>Id of the primary tag.</summary>
    public required string TagId { get; init; }

    public required string Title { get; init; }

    public required TimeSpan Start { get; init; }

    /// <summary>Null where the server knows no ends.</summary>
    public TimeSpan? End { get; init; }

    /// <summary>Ids of the additional tags.</summary>
    public required IReadOnlyList<string> TagIds { get; init; }
}
