using YamlDotNet.Core;

namespace HavenVlm.Core.Configuration.Editing;

/// <summary>Something in a YAML text and where it stands, in characters.</summary>
/// <param name="Start">First character.</param>
/// <param name="End">Behind the last one.</param>
internal abstract record YamlPlace(int Start, int End);

/// <summary>A single value; one that was left out has no length.</summary>
internal sealed record YamlScalarPlace(int Start, int End, string Value, ScalarStyle Style) : YamlPlace(Start, End)
{
    /// <summary>Whether nothing was written.</summary>
    public bool IsNull => Style == ScalarStyle.Plain && Value is ("" or "~" or "null" or "Null" or "NULL");

    /// <summary>Whether its end depends on the lines below it.</summary>
    public bool IsBlock => Style is ScalarStyle.Literal or ScalarStyle.Folded;
}

/// <summary>A map.</summary>
internal sealed record YamlMapPlace(int Start, int End, bool IsFlow, IReadOnlyList<YamlEntryPlace> Entries) : YamlPlace(Start, End)
{
    /// <summary>The entry of a key as the configuration finds it: names of tags ignore case.</summary>
    public YamlEntryPlace? Find(string key) =>
        Entries.FirstOrDefault(entry => entry.Key.Value.Equals(key, StringComparison.Ordinal))
        ?? Entries.FirstOrDefault(entry => entry.Key.Value.Equals(key, StringComparison.OrdinalIgnoreCase));
}

/// <summary>One key of a map.</summary>
internal sealed record YamlEntryPlace(YamlScalarPlace Key, YamlPlace Value);

/// <summary>A list; what is in it is not edited.</summary>
/// <param name="Start">First character.</param>
/// <param name="End">Behind the last one.</param>
/// <param name="Last">The last item of a list in lines; null = none, or the list stands in brackets.</param>
internal sealed record YamlListPlace(int Start, int End, YamlPlace? Last) : YamlPlace(Start, End);

/// <summary>A reference to something written elsewhere.</summary>
internal sealed record YamlAliasPlace(int Start, int End) : YamlPlace(Start, End);
