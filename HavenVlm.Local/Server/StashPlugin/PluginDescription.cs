using System.Text.RegularExpressions;

namespace HavenVlm.Local.Server.StashPlugin;

/// <summary>The plugin's <c>.yml</c>: what the index takes from it, and what a Stash before v0.24 does not know in it.</summary>
internal static partial class PluginDescription
{
    /// <summary>The value of a field at the top; null = it has none.</summary>
    public static string? Value(string yml, string field)
    {
        var match = Regex.Match(yml, $@"^{Regex.Escape(field)}:[ \t]*(.+?)[ \t]*$", RegexOptions.Multiline, TimeSpan.FromSeconds(1));
        return match.Success ? match.Groups[1].Value.Trim('"') : null;
    }

    /// <summary>The plugins that it needs, from the comment that Stash's community plugins use for it.</summary>
    public static IReadOnlyList<string> Requires(string yml) =>
        Value(yml, "# requires") is { } names
            ? names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [];

    /// <summary>The same without <c>settings</c> and <c>ui</c>: a field that it does not know makes old Stash refuse the whole plugin.</summary>
    public static string ForOldStash(string yml) => NewerBlocks().Replace(yml, "");

    [GeneratedRegex(
        @"^(?:settings|ui):\n(?:[ \t].*\n|\n)*",
        RegexOptions.Multiline | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex NewerBlocks();
}
