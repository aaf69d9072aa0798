using System.Globalization;

namespace HavenVlm.Core.Configuration;

/// <summary>
/// What decides how one tag's answers become markers; null = not said here. Configuration, a scene's own settings and tuning all say it
/// with this record, so that a new rule is a new member here, in <see cref="ResolvedRules"/> and in <see cref="MarkerOptions"/>.
/// </summary>
public record MarkerRules
{
    private static readonly TimeSpan LongestFitted = TimeSpan.FromSeconds(10);

    /// <summary>Lowest confidence that counts, 0 to 1.</summary>
    [Between(0, 1)]
    public double? Threshold { get; init; }

    /// <summary>Spans closer than this are joined.</summary>
    public MarkerDuration? MaxGap { get; init; }

    /// <summary>Shorter spans are dropped.</summary>
    public MarkerDuration? MinMarkerDuration { get; init; }

    /// <summary>The scene gets the tag when its spans together last at least so long; zero = never.</summary>
    public MarkerDuration? RequiredDuration { get; init; }

    /// <summary>Whether answers that the model probably got wrong are smoothed out.</summary>
    public SmoothingMode? Smoothing { get; init; }

    /// <summary>How strongly they are: 1 = as learned, more = fewer and longer markers.</summary>
    [Between(0.1, 10)]
    public double? SmoothingStrength { get; init; }

    /// <summary>Whether no rule is said.</summary>
    internal bool HasNoRule => !Written().Any();

    /// <summary>What is said here, and where nothing is said, what another says. The result is of the other's kind.</summary>
    internal T Over<T>(T other)
        where T : MarkerRules
    {
        MarkerRules below = other;
        return (T)(
            below with
            {
                Threshold = Threshold ?? below.Threshold,
                MaxGap = MaxGap ?? below.MaxGap,
                MinMarkerDuration = MinMarkerDuration ?? below.MinMarkerDuration,
                RequiredDuration = RequiredDuration ?? below.RequiredDuration,
                Smoothing = Smoothing ?? below.Smoothing,
                SmoothingStrength = SmoothingStrength ?? below.SmoothingStrength,
            }
        );
    }

    /// <summary>
    /// The rules for a video of the given length: shares of it become times. A length of up to ten seconds does not exceed the video's, or a
    /// tag that is present in all of a short clip could never be on it; a longer one is kept, since it is meant to leave short videos out.
    /// </summary>
    /// <exception cref="InvalidOperationException">A rule is not said.</exception>
    internal ResolvedRules Resolve(TimeSpan videoDuration) =>
        new()
        {
            Threshold = Threshold ?? throw Unset(nameof(Threshold)),
            MaxGap = Resolve(MaxGap, nameof(MaxGap), videoDuration),
            MinMarkerDuration = WithinVideo(MinMarkerDuration, nameof(MinMarkerDuration), videoDuration),
            RequiredDuration = WithinVideo(RequiredDuration, nameof(RequiredDuration), videoDuration),
            Smoothing = Smoothing ?? throw Unset(nameof(Smoothing)),
            SmoothingStrength = SmoothingStrength ?? throw Unset(nameof(SmoothingStrength)),
        };

    /// <summary>Keys and values of the rules that are said, as the configuration writes them.</summary>
    internal virtual IEnumerable<(string Key, string Value)> Written()
    {
        (string Name, string? Value)[] all =
        [
            (nameof(Threshold), Threshold?.ToString("0.############", CultureInfo.InvariantCulture)),
            (nameof(MinMarkerDuration), MinMarkerDuration?.ToString()),
            (nameof(MaxGap), MaxGap?.ToString()),
            (nameof(RequiredDuration), RequiredDuration?.ToString()),
            (nameof(Smoothing), Smoothing is { } mode ? KeyPath.Camel(mode.ToString()) : null),
            (nameof(SmoothingStrength), SmoothingStrength?.ToString("0.############", CultureInfo.InvariantCulture)),
        ];
        return all.Where(rule => rule.Value is not null).Select(rule => (KeyPath.Camel(rule.Name), rule.Value!));
    }

    private static TimeSpan WithinVideo(MarkerDuration? rule, string name, TimeSpan videoDuration)
    {
        var length = Resolve(rule, name, videoDuration);
        return length <= LongestFitted && videoDuration > TimeSpan.Zero && length > videoDuration ? videoDuration : length;
    }

    private static TimeSpan Resolve(MarkerDuration? rule, string name, TimeSpan videoDuration) =>
        rule?.Resolve(videoDuration) ?? throw Unset(name);

    private static InvalidOperationException Unset(string rule) => new($"No rule says {rule}.");
}

/// <summary>All rules of one tag for one video.</summary>
public record ResolvedRules
{
    /// <summary>Lowest confidence that counts.</summary>
    public required double Threshold { get; init; }

    /// <summary>Spans closer than this are joined.</summary>
    public required TimeSpan MaxGap { get; init; }

    /// <summary>Shorter spans are dropped.</summary>
    public required TimeSpan MinMarkerDuration { get; init; }

    /// <summary>The scene gets the tag from so much on; zero = never.</summary>
    public required TimeSpan RequiredDuration { get; init; }

    /// <summary>Whether answers that the model probably got wrong are smoothed out.</summary>
    public SmoothingMode Smoothing { get; init; } = SmoothingMode.Off;

    /// <summary>How strongly they are: 1 = as learned.</summary>
    public double SmoothingStrength { get; init; } = 1;

    /// <summary>The rules that differ from others.</summary>
    internal MarkerRules ChangesFrom(ResolvedRules others) =>
        new()
        {
            Threshold = Threshold.Equals(others.Threshold) ? null : Threshold,
            MaxGap = Changed(MaxGap, others.MaxGap),
            MinMarkerDuration = Changed(MinMarkerDuration, others.MinMarkerDuration),
            RequiredDuration = Changed(RequiredDuration, others.RequiredDuration),
            Smoothing = Smoothing == others.Smoothing ? null : Smoothing,
            SmoothingStrength = SmoothingStrength.Equals(others.SmoothingStrength) ? null : SmoothingStrength,
        };

    /// <summary>The same as something to put other rules over.</summary>
    internal MarkerRules ToRules() =>
        new()
        {
            Threshold = Threshold,
            MaxGap = MarkerDuration.OfTime(MaxGap),
            MinMarkerDuration = MarkerDuration.OfTime(MinMarkerDuration),
            RequiredDuration = MarkerDuration.OfTime(RequiredDuration),
            Smoothing = Smoothing,
            SmoothingStrength = SmoothingStrength,
        };

    private static MarkerDuration? Changed(TimeSpan value, TimeSpan before) => value == before ? null : MarkerDuration.OfTime(value);
}
