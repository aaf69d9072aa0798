namespace HavenVlm.Core.Configuration;

/// <summary>Everything a user can set; bound from <c>haven.yaml</c>, then from environment variables.</summary>
public sealed record HavenOptions
{
    /// <summary>Where Stash is and how its media is read.</summary>
    public StashOptions Stash { get; init; } = new();

    /// <summary>The model, its endpoints and how it is asked.</summary>
    public VlmOptions Vlm { get; init; } = new();

    /// <summary>The tags that the model is asked for, by their name; the name is what the model sees.</summary>
    public IReadOnlyDictionary<string, TagOptions> Tags { get; init; } =
        new Dictionary<string, TagOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Name of a Stash tag whose children are added to <see cref="Tags"/>; empty = none.</summary>
    [Text(TextKind.OptionalTagName)]
    public string TagsFromStash { get; init; } = "";

    /// <summary>Groups of tags, by name.</summary>
    public IReadOnlyDictionary<string, CategoryOptions> Categories { get; init; } =
        new Dictionary<string, CategoryOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How spans become markers, where a tag does not say otherwise.</summary>
    public MarkerOptions Markers { get; init; } = new();

    /// <summary>How scenes are sampled.</summary>
    public VideoOptions Video { get; init; } = new();

    /// <summary>How images are judged.</summary>
    public ImageOptions Images { get; init; } = new();

    /// <summary>How much happens at once.</summary>
    public ConcurrencyOptions Concurrency { get; init; } = new();

    /// <summary>When the library is looked through for request tags.</summary>
    public SweepOptions Sweep { get; init; } = new();

    /// <summary>Where collected examples go.</summary>
    public ExportOptions Export { get; init; } = new();

    /// <summary>Where answers, records and the journal are kept.</summary>
    public StorageOptions Storage { get; init; } = new();

    /// <summary>The HTTP server of HavenVlm.Local.</summary>
    public ServerOptions Server { get; init; } = new();

    /// <summary>What is logged.</summary>
    public LoggingOptions Logging { get; init; } = new();

    /// <summary>The names of the tag family in Stash.</summary>
    public StashTagOptions StashTags { get; init; } = new();
}
