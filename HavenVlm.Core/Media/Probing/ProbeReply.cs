using System.Text.Json.Serialization;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Probing;

/// <summary>What ffprobe says about a file, as much of it as is used.</summary>
internal sealed record ProbeReply
{
    /// <summary>What is asked for; the same names as below.</summary>
    public const string Entries =
        "format=start_time,duration,bit_rate"
        + ":stream=index,codec_type,codec_name,codec_tag_string,width,height,sample_aspect_ratio,avg_frame_rate,start_time,duration,has_b_frames,nb_frames,"
        + "color_range,color_space,color_transfer,color_primaries"
        + ":stream_disposition=attached_pic,default,still_image:stream_tags=rotate:stream_side_data=displaymatrix,rotation,dv_profile,dv_bl_signal_compatibility_id";

    /// <summary>What is asked for besides, where the packets of the beginning are wanted as well.</summary>
    public const string WithPackets = Entries + ":" + ProbePacket.Entries;

    [JsonPropertyName("packets")]
    public IReadOnlyList<ProbePacket> Packets { get; init; } = [];

    [JsonPropertyName("streams")]
    public IReadOnlyList<ProbeStream> Streams { get; init; } = [];

    [JsonPropertyName("format")]
    public ProbeFormat Format { get; init; } = new();

    /// <summary>
    /// The stream that a player shows: one that is no cover, marked as such or not, and of these the default one, else the first.
    /// </summary>
    public ProbeStream? Video =>
        Pictures
            .OrderBy(stream => stream.IsLikelyCover)
            .ThenByDescending(stream => stream.Disposition.GetValueOrDefault("default"))
            .FirstOrDefault();

    /// <summary>Its index; null = it is the first that is not marked as a cover.</summary>
    public int? VideoIndex => Video is { } video && video != Pictures.First() ? video.Index : null;

    private IEnumerable<ProbeStream> Pictures =>
        Streams.Where(stream =>
            string.Equals(stream.CodecType, "video", StringComparison.Ordinal) && stream.Disposition.GetValueOrDefault("attached_pic") == 0
        );
}

/// <summary>The file as a whole.</summary>
internal sealed record ProbeFormat
{
    [JsonPropertyName("start_time")]
    public string? StartTime { get; init; }

    [JsonPropertyName("duration")]
    public string? Duration { get; init; }

    [JsonPropertyName("bit_rate")]
    public string? BitRate { get; init; }
}

/// <summary>One stream.</summary>
internal sealed record ProbeStream
{
    [JsonPropertyName("index")]
    public int Index { get; init; }

    [JsonPropertyName("nb_frames")]
    public string? FrameCount { get; init; }

    [JsonPropertyName("codec_type")]
    public string? CodecType { get; init; }

    [JsonPropertyName("codec_name")]
    public string? CodecName { get; init; }

    [JsonPropertyName("codec_tag_string")]
    public string? CodecTag { get; init; }

    [JsonPropertyName("width")]
    public int Width { get; init; }

    [JsonPropertyName("height")]
    public int Height { get; init; }

    [JsonPropertyName("sample_aspect_ratio")]
    public string? PixelAspect { get; init; }

    [JsonPropertyName("avg_frame_rate")]
    public string? FrameRate { get; init; }

    [JsonPropertyName("start_time")]
    public string? StartTime { get; init; }

    [JsonPropertyName("duration")]
    public string? Duration { get; init; }

    [JsonPropertyName("has_b_frames")]
    public int BFrames { get; init; }

    [JsonPropertyName("color_range")]
    public string? ColorRange { get; init; }

    [JsonPropertyName("color_space")]
    public string? ColorMatrix { get; init; }

    [JsonPropertyName("color_transfer")]
    public string? ColorTransfer { get; init; }

    [JsonPropertyName("color_primaries")]
    public string? ColorPrimaries { get; init; }

    [JsonPropertyName("disposition")]
    public IReadOnlyDictionary<string, int> Disposition { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    [JsonPropertyName("tags")]
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    [JsonPropertyName("side_data_list")]
    public IReadOnlyList<ProbeSideData> SideData { get; init; } = [];

    /// <summary>
    /// Whether it seems to be a single picture: it is said to be, or its format is one of pictures and no number of pictures is given.
    /// </summary>
    public bool IsLikelyCover =>
        Disposition.GetValueOrDefault("still_image") == 1
        || (
            FrameCount is { Length: > 0 } count
                ? string.Equals(count, "1", StringComparison.Ordinal)
                : CodecName is "mjpeg" or "png" or "bmp" or "gif" or "webp" or "tiff" or "jpegls" or "jpeg2000"
        );

    /// <summary>How its levels are meant; null = as usual.</summary>
    public VideoColor? Color
    {
        get
        {
            // Pictures of these profiles, unlike those of others, are made for Dolby's decoders alone.
            var profile = SideData
                .Where(data => data is { DolbyVisionProfile: 5 or 10, DolbyVisionCompatibility: 0 })
                .Select(data => data.DolbyVisionProfile ?? 0)
                .FirstOrDefault();
            var isUnusual = ColorTransfer is VideoColor.Pq or VideoColor.Hlg || ColorPrimaries is VideoColor.WidePrimaries || profile > 0;
            return isUnusual
                ? new VideoColor(
                    ColorTransfer ?? "",
                    ColorPrimaries ?? "",
                    ColorMatrix ?? "",
                    IsFullRange: ColorRange is "pc",
                    DolbyVisionProfile: profile
                )
                : null;
        }
    }

    /// <summary>How a player turns the picture.</summary>
    public DisplayMatrix Orientation =>
        SideData.Select(data => DisplayMatrix.Parse(data.Matrix)).FirstOrDefault(matrix => matrix is not null)
        ?? new DisplayMatrix(DisplayMatrix.Quarter(Degrees), IsMirrored: false);

    // ffprobe gives the matrix counter-clockwise, the old tag was clockwise.
    private double Degrees =>
        SideData.Select(data => data.Rotation).FirstOrDefault(rotation => rotation is not null) is { } matrix
            ? -matrix
            : PacketScanner.ParseTime(Tags.GetValueOrDefault("rotate"))?.TotalSeconds ?? 0;

    /// <summary>Width over height of one pixel; 1 where it is not given or out of all reason.</summary>
    public double PixelAspectRatio => Ratio(PixelAspect) is >= 0.1 and <= 10 and var ratio ? ratio : 1;

    /// <summary>Average frames per second as the container says; 0 = it does not.</summary>
    public double FramesPerSecond => Ratio(FrameRate) is > 0 and <= 1000 and var rate ? rate : 0;

    private static double Ratio(string? text)
    {
        var parts = text?.Split(':', '/');
        return
            parts is [var first, var second]
            && PacketScanner.ParseTime(first) is { } numerator
            && PacketScanner.ParseTime(second) is { Ticks: > 0 } denominator
            ? numerator / denominator
            : 0;
    }
}

/// <summary>Side data of a stream.</summary>
internal sealed record ProbeSideData
{
    [JsonPropertyName("displaymatrix")]
    public string? Matrix { get; init; }

    [JsonPropertyName("rotation")]
    public double? Rotation { get; init; }

    [JsonPropertyName("dv_profile")]
    public int? DolbyVisionProfile { get; init; }

    [JsonPropertyName("dv_bl_signal_compatibility_id")]
    public int? DolbyVisionCompatibility { get; init; }
}
