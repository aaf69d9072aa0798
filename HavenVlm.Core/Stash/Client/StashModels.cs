namespace HavenVlm.Core.Stash.Client;

/// <summary>A scene as Stash has it.</summary>
internal sealed record StashScene
{
    public required string Id { get; init; }

    /// <summary>Title; empty when the user gave none.</summary>
    public string? Title { get; init; }

    /// <summary>When Stash first saw it; tells it from a scene of the same number in another Stash.</summary>
    public string? CreatedAt { get; init; }

    /// <summary>Every change of it renews this, ours included; what is done to its tags or markers does not.</summary>
    public string? UpdatedAt { get; init; }

    /// <summary>Its files, the primary one first.</summary>
    public IReadOnlyList<StashFile> Files { get; init; } = [];

    public IReadOnlyList<StashTagName> Tags { get; init; } = [];

    public IReadOnlyList<StashMarker> SceneMarkers { get; init; } = [];

    /// <summary>Whether it carries a tag.</summary>
    public bool HasTag(string tagId) => Tags.Any(tag => string.Equals(tag.Id, tagId, StringComparison.Ordinal));
}

/// <summary>A video file; what Stash says about it is not always what can be decoded.</summary>
internal sealed record StashFile
{
    public required string Path { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    public string? Format { get; init; }

    /// <summary>Seconds, as Stash found them.</summary>
    public double Duration { get; init; }

    public string? VideoCodec { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }

    public double FrameRate { get; init; }

    public IReadOnlyList<StashFingerprint> Fingerprints { get; init; } = [];

    /// <summary>The last part of its path, whichever system Stash runs on.</summary>
    public string FileName => Path[(Path.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary>The fingerprint of that type (<c>oshash</c>, <c>md5</c>, <c>phash</c>), or null.</summary>
    public string? Fingerprint(string type) =>
        Fingerprints.FirstOrDefault(print => string.Equals(print.Type, type, StringComparison.OrdinalIgnoreCase))?.Value;
}

/// <summary>A fingerprint of a file.</summary>
internal sealed record StashFingerprint(string Type, string Value);

/// <summary>A tag's id and name.</summary>
internal sealed record StashTagName(string Id, string Name);

/// <summary>A tag.</summary>
internal sealed record StashTag
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public string? Description { get; init; }

    /// <summary>Whether auto-tagging leaves it alone, as every tag that we create.</summary>
    public bool? IgnoreAutoTag { get; init; }

    /// <summary>When it was made; together with the id it tells the tag from another Stash's.</summary>
    public string? CreatedAt { get; init; }
}

/// <summary>A marker of a scene.</summary>
internal sealed record StashMarker
{
    public required string Id { get; init; }

    public string Title { get; init; } = "";

    public double Seconds { get; init; }

    /// <summary>Null where it has none or the server knows none.</summary>
    public double? EndSeconds { get; init; }

    public required StashTagName PrimaryTag { get; init; }

    /// <summary>Additional tags.</summary>
    public IReadOnlyList<StashTagName> Tags { get; init; } = [];

    public string? CreatedAt { get; init; }

    /// <summary>Every update of the marker renews it, also one that changes nothing; what is done to its tags or previews does not.</summary>
    public string? UpdatedAt { get; init; }

    /// <summary>
    /// Whether it was updated after the second in which it was created: Stash's times have no finer precision, so an update within that
    /// second shows by the content alone.
    /// </summary>
    public bool IsEdited => !StashTime.Same(CreatedAt, UpdatedAt);
}

/// <summary>How many things carry a tag themselves.</summary>
internal sealed record StashTagCount(string Id, int SceneCount, int ImageCount, int GalleryCount);

/// <summary>The size of a library.</summary>
internal sealed record StashStatistics(int SceneCount, double ScenesDuration, int ImageCount, int TagCount);

/// <summary>A filter that the user saved for scenes, as the arguments of <c>findScenes</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Search">Search text; empty = none.</param>
/// <param name="Scenes">The scene filter.</param>
internal sealed record StashSceneFilter(string Name, string Search, System.Text.Json.Nodes.JsonObject Scenes);
