namespace HavenVlm.Simulation.Media;

/// <summary>A stretch of a sample video: [Start, End).</summary>
/// <param name="Start">First moment.</param>
/// <param name="End">First moment after it.</param>
public sealed record SampleSpan(TimeSpan Start, TimeSpan End)
{
    /// <summary>Whether a moment lies in it.</summary>
    public bool Contains(TimeSpan time) => Start <= time && time < End;

    /// <summary>A stretch in seconds.</summary>
    public static SampleSpan OfSeconds(double start, double end) => new(TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end));
}

/// <summary>A tag that is visible for a while.</summary>
/// <param name="Tag">A tag of <see cref="TagLegend"/>.</param>
/// <param name="Span">When.</param>
public sealed record SampleEvent(string Tag, SampleSpan Span);

/// <summary>How a sample video is packed.</summary>
public enum SampleFormat
{
    /// <summary>H.264 in MP4.</summary>
    H264Mp4,

    /// <summary>H.264 in Matroska, with a sound track.</summary>
    H264Mkv,

    /// <summary>VP9 in WebM.</summary>
    Vp9WebM,

    /// <summary>An MP4 that broke off while it was copied: no player opens it.</summary>
    Broken,
}

/// <summary>What a sample video shows and how it is packed; from it follow both the pictures and the truth about them.</summary>
public sealed record SampleScript
{
    /// <summary>File name without its ending.</summary>
    public required string Name { get; init; }

    /// <summary>Number burned into every frame, 0 to 255.</summary>
    public required int Number { get; init; }

    /// <summary>Title of the scene.</summary>
    public required string Title { get; init; }

    /// <summary>Length.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Which tags are visible when.</summary>
    public required IReadOnlyList<SampleEvent> Events { get; init; }

    /// <summary>Width of the picture as displayed, without black bars; even.</summary>
    public int Width { get; init; } = 320;

    /// <summary>Height of the picture as displayed, without black bars; even.</summary>
    public int Height { get; init; } = 180;

    /// <summary>Black bars above and below, in pixels each; even.</summary>
    public int BarHeight { get; init; }

    /// <summary>Clockwise rotation that the file asks players for: 0, 90, 180 or 270. MP4 only.</summary>
    public int Rotation { get; init; }

    /// <summary>Frames per second; divides 100 so that stamps are exact.</summary>
    public int FrameRate { get; init; } = 10;

    /// <summary>Time between keyframes.</summary>
    public TimeSpan KeyframeInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>When the backdrop changes, as a cut to another shot would.</summary>
    public IReadOnlyList<TimeSpan> Cuts { get; init; } = [];

    /// <summary>Stretches in which every frame repeats the first one, stamp included; no event begins or ends in them.</summary>
    public IReadOnlyList<SampleSpan> Stills { get; init; } = [];

    /// <summary>How it is packed.</summary>
    public SampleFormat Format { get; init; }

    /// <summary>The truth: every tag with the stretches in which it is visible, in order.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<SampleSpan>> Truth =>
        Events
            .GroupBy(e => e.Tag, StringComparer.Ordinal)
            .ToDictionary(
                g => g.Key,
                g => (IReadOnlyList<SampleSpan>)[.. g.Select(e => e.Span).OrderBy(s => s.Start)],
                StringComparer.Ordinal
            );

    /// <summary>The tags visible at a moment.</summary>
    public IReadOnlyList<string> TagsAt(TimeSpan time) => [.. Events.Where(e => e.Span.Contains(time)).Select(e => e.Tag)];

    internal string FileName =>
        Name
        + Format switch
        {
            SampleFormat.H264Mkv => ".mkv",
            SampleFormat.Vp9WebM => ".webm",
            _ => ".mp4",
        };

    /// <summary>The moment that the frame of a given time shows: its own, or the beginning of the still stretch that it lies in.</summary>
    internal TimeSpan Shown(TimeSpan time) => Stills.FirstOrDefault(s => s.Contains(time))?.Start ?? time;
}
