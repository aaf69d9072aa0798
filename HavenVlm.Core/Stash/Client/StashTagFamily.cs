namespace HavenVlm.Core.Stash.Client;

/// <summary>Ids of the tag family in Stash.</summary>
internal sealed record StashTagFamily
{
    /// <summary>Parent of every tag that Haven VLM creates; additional tag on its markers.</summary>
    public required string Base { get; init; }

    /// <summary>The user asks for analysis.</summary>
    public required string TagMe { get; init; }

    /// <summary>The user asks to rebuild with today's settings.</summary>
    public required string UpdateMe { get; init; }

    /// <summary>Analyzed.</summary>
    public required string Tagged { get; init; }

    /// <summary>Failed.</summary>
    public required string Errored { get; init; }

    /// <summary>The user says that this marker or image is wrong.</summary>
    public required string Incorrect { get; init; }

    /// <summary>The one scene for finding marker settings.</summary>
    public required string TuneMe { get; init; }

    public IReadOnlyList<string> All => [Base, TagMe, UpdateMe, Tagged, Errored, Incorrect, TuneMe];

    /// <summary>When Stash made each of them, by id: in another Stash the same ids are other tags.</summary>
    public required IReadOnlyDictionary<string, string?> CreatedAt { get; init; }

    /// <summary>The tags by which a user asks for work on a scene.</summary>
    public IReadOnlyList<string> Requests => [TagMe, UpdateMe];

    /// <summary>Whether an id still is the tag that it was.</summary>
    public bool IsUnchanged(string id, StashTag? found) =>
        found is not null && (CreatedAt.GetValueOrDefault(id) is not { } created || StashTime.Same(created, found.CreatedAt));
}
