using System.Text.Json.Serialization;

namespace HavenVlm.Core.Media.Contracts;

/// <summary>What was found out about a video; all times count from its first picture.</summary>
public sealed record VideoFacts
{
    /// <summary>Length of the video stream that can be decoded, not what the container claims.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>
    /// Length that the container claims where its pictures end clearly earlier: it was cut off, or the sound goes on. Zero = it claims no such.
    /// </summary>
    public TimeSpan ClaimedDuration { get; init; }

    /// <summary>When a player shows the first picture; added back when markers are written for a player.</summary>
    public TimeSpan StartOffset { get; init; }

    /// <summary>The container's own time at the player's zero (MPEG-TS rarely begins at 0).</summary>
    public TimeSpan ContainerStart { get; init; }

    /// <summary>Width in pixels as displayed, after rotation.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels as displayed, after rotation.</summary>
    public required int Height { get; init; }

    /// <summary>Clockwise rotation in degrees that the container asks for: 0, 90, 180 or 270.</summary>
    public int Rotation { get; init; }

    /// <summary>Whether the container asks for the picture to be mirrored left to right, before it is rotated.</summary>
    public bool IsMirrored { get; init; }

    /// <summary>Average frames per second; 0 = unknown.</summary>
    public double FrameRate { get; init; }

    /// <summary>Usual time between keyframes; zero = unknown.</summary>
    public TimeSpan KeyframeInterval { get; init; }

    /// <summary>Longest time seen between keyframes; zero = unknown.</summary>
    public TimeSpan LongestKeyframeInterval { get; init; }

    /// <summary>ffmpeg's name of the container, one of those that are accepted.</summary>
    public required string Container { get; init; }

    /// <summary>Index of the stream that a player shows; null = the first with pictures that is no cover.</summary>
    public int? Stream { get; init; }

    /// <summary>ffmpeg's name of the video codec.</summary>
    public required string Codec { get; init; }

    /// <summary>Whether the stream has B-frames.</summary>
    public bool HasBFrames { get; init; }

    /// <summary>Bits per second; 0 = unknown.</summary>
    public long BitRate { get; init; }

    /// <summary>
    /// Whether every picture carries its time. Where not (AVI, old MPEG), the decoder counts, and would count wrongly if it left pictures out.
    /// </summary>
    public bool HasPictureTimes { get; init; } = true;

    /// <summary>How its levels are meant, where not as usual; null = as usual.</summary>
    public VideoColor? Color { get; init; }

    /// <summary>Its parts, where its clock starts again; empty = it does not.</summary>
    public IReadOnlyList<VideoPart> Parts { get; init; } = [];

    /// <summary>What was assumed, skipped or approximated, each a clause for people.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>The part of the picture inside black bars, in displayed pixels.</summary>
public sealed record CropRectangle(int X, int Y, int Width, int Height);

/// <summary>How a VR picture is cut and flattened; <see cref="VrLayout.Flat"/> for everything else.</summary>
public enum VrLayout
{
    /// <summary>Not VR.</summary>
    Flat,

    /// <summary>Side by side: the left eye is taken.</summary>
    SideBySide,

    /// <summary>Top and bottom: the upper eye is taken.</summary>
    TopBottom,

    /// <summary>One wide picture.</summary>
    Mono,
}

/// <summary>Everything about reading one video that stays the same for all its frames; kept in the scene's snapshot.</summary>
public sealed record PictureSettings
{
    /// <summary>Longest side of a picture in pixels.</summary>
    public required int MaxImageSize { get; init; }

    /// <summary>Black bars; null = none.</summary>
    public CropRectangle? Crop { get; init; }

    /// <summary>VR layout.</summary>
    public VrLayout Vr { get; init; }

    /// <summary>Levels that are converted to standard range; null = none.</summary>
    public VideoColor? Color { get; init; }

    /// <summary>Hardware decoder: <c>auto</c>, <c>none</c> or ffmpeg's name.</summary>
    public string Hwaccel { get; init; } = "auto";
}

/// <summary>A frame taken for a planned time.</summary>
public sealed record VideoFrame
{
    /// <summary>The time that was asked for.</summary>
    public required TimeSpan Planned { get; init; }

    /// <summary>The frame's own time.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>The picture; empty = nothing could be decoded there, see <see cref="Reason"/>.</summary>
    public required ReadOnlyMemory<byte> Jpeg { get; init; }

    /// <summary>A small picture to compare frames by; null where there is no picture.</summary>
    public FrameSignature? Signature { get; init; }

    /// <summary>The whole picture as stored, small, where it was asked for.</summary>
    internal ReadOnlyMemory<byte> Whole { get; init; }

    /// <summary>Why there is no picture; null when there is one.</summary>
    public string? Reason { get; init; }
}

/// <summary>How much the picture changed at a moment between two looks.</summary>
/// <param name="Time">When, from the first picture.</param>
/// <param name="Magnitude">0 = nothing, 1 = everything.</param>
public sealed record PictureChange(TimeSpan Time, double Magnitude)
{
    // Movement rarely changes a tenth of the picture from one keyframe to the next, a cut nearly always half of it.
    private const double WholePicture = 0.25;

    /// <summary>Whether the whole picture changed and not just something in it.</summary>
    [JsonIgnore]
    public bool IsWhole => Magnitude >= WholePicture;

    /// <summary>The last look before it, where the change may lie anywhere between the two; null = it is at <see cref="Time"/>.</summary>
    public TimeSpan? After { get; init; }
}
