namespace HavenVlm.Core.Configuration;

/// <summary>How a scene's media is opened.</summary>
public enum MediaAccess
{
    /// <summary>The local file if it is there and has the size that Stash says, else the stream.</summary>
    Auto,

    /// <summary>Always the local file, after path mapping.</summary>
    File,

    /// <summary>Always Stash's stream address.</summary>
    Stream,
}

/// <summary>Where Stash is and how its media is read.</summary>
public sealed record StashOptions
{
    /// <summary>Base address of Stash, without a trailing slash.</summary>
    [Text(TextKind.Address)]
    public string Url { get; init; } = "http://localhost:9999";

    /// <summary>API key of Stash; empty when Stash has no password. A secret.</summary>
    [Secret, Text(TextKind.HeaderValue)]
    public string ApiKey { get; init; } = "";

    /// <summary>How media is opened.</summary>
    public MediaAccess Media { get; init; } = MediaAccess.Auto;

    /// <summary>Path prefixes as Stash sees them and as this machine sees them; the longest matching one counts.</summary>
    public IReadOnlyList<PathMapping> PathMap { get; init; } = [];
}

/// <summary>One path prefix on Stash's side and the same folder on this machine.</summary>
public sealed record PathMapping
{
    /// <summary>The prefix in Stash's paths; whole path components, either slash.</summary>
    [Mandatory, Text(TextKind.Folder)]
    public string From { get; init; } = "";

    /// <summary>The same folder on this machine.</summary>
    [Mandatory, Text(TextKind.Folder)]
    public string To { get; init; } = "";
}

/// <summary>The names of the tag family in Stash.</summary>
public sealed record StashTagOptions
{
    /// <summary>Parent of every tag that Haven VLM creates; additional tag on its markers.</summary>
    [Text(TextKind.TagName)]
    public string Base { get; init; } = "VLM";

    /// <summary>The user asks for analysis.</summary>
    [Text(TextKind.TagName)]
    public string TagMe { get; init; } = "VLM_TagMe";

    /// <summary>The user asks to rebuild with today's settings.</summary>
    [Text(TextKind.TagName)]
    public string UpdateMe { get; init; } = "VLM_UpdateMe";

    /// <summary>Analyzed.</summary>
    [Text(TextKind.TagName)]
    public string Tagged { get; init; } = "VLM_Tagged";

    /// <summary>Failed.</summary>
    [Text(TextKind.TagName)]
    public string Errored { get; init; } = "VLM_Errored";

    /// <summary>The user says that this marker or image is wrong.</summary>
    [Text(TextKind.TagName)]
    public string Incorrect { get; init; } = "VLM_Incorrect";

    /// <summary>The one scene for finding marker settings.</summary>
    [Text(TextKind.TagName)]
    public string TuneMe { get; init; } = "VLM_TuneMe";
}
