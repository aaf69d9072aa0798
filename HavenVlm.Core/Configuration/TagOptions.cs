namespace HavenVlm.Core.Configuration;

/// <summary>One tag; whatever is null comes from <see cref="MarkerOptions"/> and <see cref="VideoOptions.Threshold"/>.</summary>
public sealed record TagOptions : MarkerRules
{
    /// <summary>What the tag means, told to the model; empty = the name speaks for itself.</summary>
    public string Description { get; init; } = "";

    /// <summary>The name that Stash sees; empty = the tag's own name.</summary>
    [Text(TextKind.OptionalTagName)]
    public string Rename { get; init; } = "";

    /// <summary>Name of a category; empty = none.</summary>
    public string Category { get; init; } = "";

    /// <summary>
    /// Other names that a model uses for the tag, such as one in another language: a reply that has one of them counts for the tag, answers
    /// that are already in the log included.
    /// </summary>
    [Text(TextKind.TagName)]
    public IReadOnlyList<string> Aliases { get; init; } = [];
}

/// <summary>A group of tags.</summary>
public sealed record CategoryOptions
{
    /// <summary>Whether only one of the group's tags holds at any time.</summary>
    public bool Exclusive { get; init; }
}

/// <summary>How spans become markers, where a tag does not say otherwise.</summary>
public sealed record MarkerOptions
{
    /// <summary>Whether markers are written at all; scene tags are written either way.</summary>
    public bool Create { get; init; } = true;

    /// <summary>Shorter spans are dropped.</summary>
    public MarkerDuration MinMarkerDuration { get; init; } = MarkerDuration.OfTime(TimeSpan.FromSeconds(1));

    /// <summary>Spans closer than this are joined.</summary>
    public MarkerDuration MaxGap { get; init; } = MarkerDuration.OfTime(TimeSpan.FromSeconds(6));

    /// <summary>The scene gets the tag when its spans together last at least so long; zero = never.</summary>
    public MarkerDuration RequiredDuration { get; init; } = MarkerDuration.OfTime(TimeSpan.FromSeconds(1));

    /// <summary>
    /// Whether answers that the model probably got wrong are smoothed out. How often it errs is learned from its answers; as long as it does
    /// not, every answer is taken as it is.
    /// </summary>
    public SmoothingMode Smoothing { get; init; } = SmoothingMode.Off;

    /// <summary>How strongly they are: 1 = as learned, more = fewer and longer markers.</summary>
    [Between(0.1, 10)]
    public double SmoothingStrength { get; init; } = 1;

    /// <summary>Whether Stash is asked to generate previews of new markers.</summary>
    public bool GeneratePreviews { get; init; }

    /// <summary>These as rules, with the threshold of all tags.</summary>
    internal MarkerRules ToRules(double threshold) =>
        new()
        {
            Threshold = threshold,
            MaxGap = MaxGap,
            MinMarkerDuration = MinMarkerDuration,
            RequiredDuration = RequiredDuration,
            Smoothing = Smoothing,
            SmoothingStrength = SmoothingStrength,
        };
}
