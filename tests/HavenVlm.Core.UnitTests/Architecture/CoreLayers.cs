namespace HavenVlm.Core.UnitTests.Architecture;

/// <summary>Which folders of HavenVlm.Core each folder uses. Equal to the table in docs/dev/architecture.md.</summary>
internal static class CoreLayers
{
    private static readonly string[] Below =
    [
        "Common",
        "Storage",
        "Configuration",
        "Usage",
        "Media",
        "Vlm",
        "Markers",
        "Analysis",
        "Stash",
        "Page",
    ];

    /// <summary>The folders that a folder uses, by its name.</summary>
    public static IReadOnlyDictionary<string, string[]> Allowed { get; } =
        new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["Common"] = [],
            ["Storage"] = ["Common"],
            ["Configuration"] = ["Common", "Storage"],
            ["Usage"] = ["Common", "Configuration", "Storage"],
            ["Media"] = ["Common", "Configuration"],
            ["Vlm"] = ["Common", "Configuration", "Storage", "Usage"],
            ["Markers"] = ["Common", "Configuration"],
            ["Analysis"] = ["Common", "Configuration", "Markers", "Media", "Storage", "Usage", "Vlm"],
            ["Stash"] = ["Common", "Configuration", "Markers", "Storage", "Analysis"],
            ["Page"] = [],
            ["Reports"] = Below,
            ["Library"] = Below,
            ["Workflows"] = [.. Below, "Reports", "Library"],
            ["Operations"] = ["Common", "Configuration", "Storage", "Usage"],
            ["Diagnosis"] = ["Common", "Configuration", "Media", "Stash", "Storage", "Usage", "Vlm"],
            ["Api"] = [.. Below, "Reports", "Library", "Workflows", "Operations", "Diagnosis"],
        };

    /// <summary>Subfolders that use each other. Take lines away, never add one.</summary>
    public static IReadOnlyList<string> KnownLoops { get; } =
    [
        "Analysis <-> Analysis.Sampling",
        "Api <-> Api.Dashboard",
        "Configuration <-> Configuration.Binding",
        "Configuration <-> Configuration.Formats",
        "Media.Pictures <-> Media.Probing",
    ];
}
