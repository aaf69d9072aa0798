namespace HavenVlm.Core.Configuration.Editing;

/// <summary>New settings of one tag; null = as it is.</summary>
public sealed record TagSettingsChange : MarkerRules
{
    /// <summary>The tag's name in the configuration.</summary>
    public required string Tag { get; init; }

    /// <summary>Written only for a tag that the configuration does not list, because it comes from Stash with this description.</summary>
    public string? Description { get; init; }

    /// <summary>Keys and values as they are written, in the order in which the configuration lists them.</summary>
    internal override IEnumerable<(string Key, string Value)> Written() =>
        Description is { Length: > 0 } ? base.Written().Prepend(("description", Description)) : base.Written();

    /// <summary>A tag's settings with this change.</summary>
    internal TagOptions Apply(TagOptions tag) => Over(tag) with { Description = Description ?? tag.Description };
}
