using System.Collections.Immutable;

namespace HavenVlm.Simulation.Stash.State;

/// <summary>A tag. Its children are the tags that name it as a parent.</summary>
public sealed record StashTag(int Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>A name that sorts in place of the shown one; v0.28 and newer.</summary>
    public string? SortName { get; init; }

    /// <summary>Free text.</summary>
    public string? Description { get; init; }

    /// <summary>Other names of the tag. No tag may take one of them as its name.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>Whether Stash's own auto-tagging by file name leaves this tag alone.</summary>
    public bool IgnoreAutoTag { get; init; }

    /// <summary>Marked as a favorite; v0.26 and newer.</summary>
    public bool Favorite { get; init; }

    /// <summary>The tags above this one.</summary>
    public ImmutableArray<int> ParentIds { get; init; } = [];
}

/// <summary>A labelled moment of a scene.</summary>
public sealed record StashMarker(
    int Id,
    int SceneId,
    string Title,
    double Seconds,
    int PrimaryTagId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    /// <summary>Where the moment ends, in seconds; v0.28 and newer.</summary>
    public double? EndSeconds { get; init; }

    /// <summary>Further tags beside the primary one.</summary>
    public ImmutableSortedSet<int> TagIds { get; init; } = [];
}

/// <summary>A file as a scan recorded it, which need not be true of the file itself.</summary>
public sealed record StashFile(int Id, string Path, DateTimeOffset ModTime)
{
    /// <summary>Size in bytes as Stash claims it.</summary>
    public long Size { get; init; }

    /// <summary>Where the bytes are on this machine when that differs from the path that Stash knows.</summary>
    public string? ServedFrom { get; init; }

    /// <summary>Length in seconds; of videos.</summary>
    public double Duration { get; init; }

    /// <summary>Width in pixels.</summary>
    public int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; init; }

    /// <summary>Frames per second; of videos.</summary>
    public double FrameRate { get; init; }

    /// <summary>Bits per second; of videos.</summary>
    public int BitRate { get; init; }

    /// <summary>Container as Stash names it.</summary>
    public string Format { get; init; } = "mp4";

    /// <summary>Codec of the picture; empty for audio-only files.</summary>
    public string VideoCodec { get; init; } = "h264";

    /// <summary>Codec of the sound.</summary>
    public string AudioCodec { get; init; } = "";

    /// <summary>Hashes by their kind: <c>oshash</c>, <c>md5</c>, <c>phash</c>.</summary>
    public ImmutableSortedDictionary<string, string> Fingerprints { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whether this is a video; else it is a picture.</summary>
    public bool IsVideo { get; init; } = true;
}

/// <summary>A video.</summary>
public sealed record StashScene(int Id, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>Title; empty shows the file's name.</summary>
    public string? Title { get; init; }

    /// <summary>Studio code.</summary>
    public string? Code { get; init; }

    /// <summary>Free text.</summary>
    public string? Details { get; init; }

    /// <summary>Who directed it.</summary>
    public string? Director { get; init; }

    /// <summary>1 to 100.</summary>
    public int? Rating100 { get; init; }

    /// <summary>Whether the user has finished with it.</summary>
    public bool Organized { get; init; }

    /// <summary>Its files, the primary one first.</summary>
    public ImmutableArray<StashFile> Files { get; init; } = [];

    /// <summary>Its tags.</summary>
    public ImmutableSortedSet<int> TagIds { get; init; } = [];

    /// <summary>The galleries that it belongs to.</summary>
    public ImmutableSortedSet<int> GalleryIds { get; init; } = [];

    /// <summary>The file that <c>/stream</c> serves in place of the original once a transcode exists.</summary>
    public string? TranscodePath { get; init; }
}

/// <summary>A picture.</summary>
public sealed record StashImage(int Id, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>Title; empty shows the file's name.</summary>
    public string? Title { get; init; }

    /// <summary>Studio code; v0.24 and newer.</summary>
    public string? Code { get; init; }

    /// <summary>Free text; v0.24 and newer.</summary>
    public string? Details { get; init; }

    /// <summary>1 to 100.</summary>
    public int? Rating100 { get; init; }

    /// <summary>Whether the user has finished with it.</summary>
    public bool Organized { get; init; }

    /// <summary>Its files: pictures, or short clips that Stash treats as pictures.</summary>
    public ImmutableArray<StashFile> Files { get; init; } = [];

    /// <summary>Its tags.</summary>
    public ImmutableSortedSet<int> TagIds { get; init; } = [];

    /// <summary>The galleries that hold it.</summary>
    public ImmutableSortedSet<int> GalleryIds { get; init; } = [];
}

/// <summary>A set of pictures.</summary>
public sealed record StashGallery(int Id, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>Title.</summary>
    public string? Title { get; init; }

    /// <summary>Studio code; v0.24 and newer.</summary>
    public string? Code { get; init; }

    /// <summary>Free text.</summary>
    public string? Details { get; init; }

    /// <summary>1 to 100.</summary>
    public int? Rating100 { get; init; }

    /// <summary>Whether the user has finished with it.</summary>
    public bool Organized { get; init; }

    /// <summary>The folder that it was made from.</summary>
    public string? FolderPath { get; init; }

    /// <summary>Its tags.</summary>
    public ImmutableSortedSet<int> TagIds { get; init; } = [];
}

/// <summary>A search that the user has saved. The filters are JSON as the server's pages write it.</summary>
public sealed record StashSavedFilter(int Id, string Mode, string Name)
{
    /// <summary>Search text, page and order, as JSON.</summary>
    public string? FindFilter { get; init; }

    /// <summary>What is looked for, as JSON.</summary>
    public string? ObjectFilter { get; init; }

    /// <summary>How the page shows it, as JSON.</summary>
    public string? UiOptions { get; init; }
}
