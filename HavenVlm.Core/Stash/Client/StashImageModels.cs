using System.Text.Json.Serialization;

namespace HavenVlm.Core.Stash.Client;

/// <summary>An image as Stash has it.</summary>
internal sealed record StashImage
{
    public required string Id { get; init; }

    /// <summary>Title; empty when the user gave none.</summary>
    public string? Title { get; init; }

    /// <summary>When Stash first saw it; tells it from an image of the same number in another Stash.</summary>
    public string? CreatedAt { get; init; }

    /// <summary>Every change of it renews this, ours included; what is done to its tags or markers does not.</summary>
    public string? UpdatedAt { get; init; }

    /// <summary>Its files, the primary one first: pictures, or clips that Stash treats as pictures.</summary>
    public IReadOnlyList<StashImageFile> VisualFiles { get; init; } = [];

    public IReadOnlyList<StashTagName> Tags { get; init; } = [];

    /// <summary>The galleries that hold it.</summary>
    public IReadOnlyList<StashGalleryTags> Galleries { get; init; } = [];

    /// <summary>Whether it carries a tag itself.</summary>
    public bool HasTag(string tagId) => Tags.Any(tag => string.Equals(tag.Id, tagId, StringComparison.Ordinal));

    /// <summary>Whether it carries one of these tags, or a gallery that holds it does.</summary>
    public bool IsAskedForBy(IReadOnlyList<string> tagIds) => tagIds.Any(id => HasTag(id) || Galleries.Any(gallery => gallery.HasTag(id)));
}

/// <summary>A file of an image; what Stash says about it is not always what can be decoded.</summary>
internal sealed record StashImageFile
{
    /// <summary><c>ImageFile</c>, or <c>VideoFile</c> for a clip.</summary>
    [JsonPropertyName("__typename")]
    public string Kind { get; init; } = "ImageFile";

    /// <summary>Path as Stash sees it; of a picture in an archive the archive's path and the path in it.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }

    /// <summary>Seconds, as Stash found them; only of clips.</summary>
    public double? Duration { get; init; }

    public IReadOnlyList<StashFingerprint> Fingerprints { get; init; } = [];

    /// <summary>The fingerprint of that type (<c>md5</c>, <c>oshash</c>, <c>phash</c>), or null.</summary>
    public string? Fingerprint(string type) =>
        Fingerprints.FirstOrDefault(print => string.Equals(print.Type, type, StringComparison.OrdinalIgnoreCase))?.Value;
}

/// <summary>The tags of a gallery.</summary>
internal sealed record StashGalleryTags(string Id, IReadOnlyList<StashTagId> Tags)
{
    /// <summary>Whether it carries a tag itself.</summary>
    public bool HasTag(string tagId) => Tags.Any(tag => string.Equals(tag.Id, tagId, StringComparison.Ordinal));
}

/// <summary>A tag's id.</summary>
internal sealed record StashTagId(string Id);
