namespace HavenVlm.Local.Commands.Init;

/// <summary>What was said on the command line of <c>haven init</c>.</summary>
internal sealed record InitOptions
{
    public string? StashUrl { get; init; }

    /// <summary>Key of Stash from a file or a variable; null = none was named.</summary>
    public string? StashKey { get; init; }

    public string? Endpoint { get; init; }

    public string? EndpointKey { get; init; }

    public string? Model { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyList<string> MediaFolders { get; init; } = [];

    /// <summary>No questions.</summary>
    public bool Yes { get; init; }

    /// <summary>What is there already may be overwritten.</summary>
    public bool Force { get; init; }

    /// <summary>Nobody is asked whether what was given works.</summary>
    public bool Unchecked { get; init; }
}
