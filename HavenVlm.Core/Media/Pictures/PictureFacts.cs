using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Pictures;

/// <summary>What was found out about an image.</summary>
internal sealed record PictureFacts
{
    public required PictureFormat Format { get; init; }

    /// <summary>As a video; of a still picture only what ffmpeg needs to open it.</summary>
    public required VideoFacts Video { get; init; }

    public bool Moves { get; init; }

    /// <summary>Filters that turn it upright.</summary>
    public IReadOnlyList<string> Upright { get; init; } = [];

    /// <summary>The whole pictures of an animated WebP.</summary>
    public IReadOnlyList<WebpPicture> WebpPictures { get; init; } = [];

    /// <summary>All bytes of an animated WebP.</summary>
    public ReadOnlyMemory<byte> Webp { get; init; }
}
