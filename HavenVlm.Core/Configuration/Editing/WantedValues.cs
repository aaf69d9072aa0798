namespace HavenVlm.Core.Configuration.Editing;

/// <summary>Values that a YAML text should hold, as a tree; keys in the order in which new ones are written.</summary>
internal sealed class WantedValues
{
    private readonly List<(string Key, string? Value, WantedValues? Map)> _entries = [];

    /// <summary>Keys with a value, or with further values below them.</summary>
    public IReadOnlyList<(string Key, string? Value, WantedValues? Map)> Entries => _entries;

    public WantedValues Set(string key, string value)
    {
        _entries.Add((key, value, null));
        return this;
    }

    public WantedValues Below(string key)
    {
        var known = _entries.Find(entry => entry.Map is not null && entry.Key.Equals(key, StringComparison.Ordinal));
        if (known.Map is { } map)
        {
            return map;
        }

        var below = new WantedValues();
        _entries.Add((key, null, below));
        return below;
    }
}
