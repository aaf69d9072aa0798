namespace HavenVlm.Core.Configuration.Binding;

/// <summary>Where something was written.</summary>
/// <param name="Source">File or environment variable.</param>
/// <param name="Line">Line from 1; 0 = the source has no lines.</param>
internal readonly record struct ConfigMark(string Source, int Line)
{
    public override string ToString() => Line > 0 ? $"{Source}:{Line}" : Source;
}

/// <summary>A piece of the configuration as it was written.</summary>
internal abstract class ConfigNode(ConfigMark mark)
{
    public ConfigMark Mark { get; } = mark;
}

/// <summary>A single value.</summary>
internal sealed class ScalarNode(string text, bool isPlain, ConfigMark mark) : ConfigNode(mark)
{
    public string Text { get; } = text;

    /// <summary>Whether it stands without quotes, so that <c>10</c> is a number and <c>~</c> is nothing.</summary>
    public bool IsPlain { get; } = isPlain;

    /// <summary>Whether nothing was written.</summary>
    public bool IsNull => IsPlain && Text is ("" or "~" or "null" or "Null" or "NULL");
}

/// <summary>A list.</summary>
internal sealed class ListNode(ConfigMark mark) : ConfigNode(mark)
{
    public List<ConfigNode> Items { get; } = [];
}

/// <summary>A map; a key may stand in it twice, which is an error that the reader reports.</summary>
internal sealed class MapNode(ConfigMark mark) : ConfigNode(mark)
{
    public List<MapEntry> Entries { get; } = [];

    public MapEntry? Find(string key, StringComparison comparison = StringComparison.Ordinal) =>
        Entries.Find(entry => entry.Key.Equals(key, comparison));

    /// <summary>Puts a value at a key, in the place of what is there.</summary>
    public void Set(MapEntry entry)
    {
        var index = Entries.FindIndex(existing => existing.Key.Equals(entry.Key, StringComparison.Ordinal));
        if (index < 0)
        {
            Entries.Add(entry);
        }
        else
        {
            Entries[index] = entry;
        }
    }
}

/// <summary>One key of a map.</summary>
internal sealed record MapEntry(string Key, ConfigMark Mark, ConfigNode Value);
