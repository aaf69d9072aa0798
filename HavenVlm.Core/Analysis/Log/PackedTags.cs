using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace HavenVlm.Core.Analysis.Log;

/// <summary>
/// Confidences in four bytes per tag: positions in the vocabulary's sorted names and ten-thousandths. A dictionary for each of the
/// thousands of frames of a long video would take hundreds of times as much.
/// </summary>
internal sealed class PackedTags : IReadOnlyDictionary<string, double>
{
    private const double Scale = 10_000;
    private readonly string[] _names;
    private readonly ushort[] _positions;
    private readonly ushort[] _values;

    private PackedTags(string[] names, ushort[] positions, ushort[] values)
    {
        _names = names;
        _positions = positions;
        _values = values;
    }

    public int Count => _positions.Length;

    public IEnumerable<string> Keys => _positions.Select(position => _names[position]);

    public IEnumerable<double> Values => _values.Select(value => value / Scale);

    public double this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"No confidence for \"{key}\".");

    /// <summary>Packs what is in the vocabulary; confidences are held to 0 to 1 and rounded to ten-thousandths.</summary>
    public static PackedTags Of(string[] sortedNames, IReadOnlyDictionary<string, double> tags)
    {
        var packed = tags.Select(tag => (Position: Array.BinarySearch(sortedNames, tag.Key, StringComparer.Ordinal), tag.Value))
            .Where(tag => tag.Position >= 0 && !double.IsNaN(tag.Value))
            .OrderBy(tag => tag.Position)
            .ToArray();
        return new PackedTags(
            sortedNames,
            [.. packed.Select(tag => (ushort)tag.Position)],
            [.. packed.Select(tag => (ushort)Math.Round(Math.Clamp(tag.Value, 0, 1) * Scale))]
        );
    }

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out double value)
    {
        var position = Array.BinarySearch(_names, key, StringComparer.Ordinal);
        var index = position < 0 ? -1 : Array.BinarySearch(_positions, (ushort)position);
        value = index < 0 ? 0 : _values[index] / Scale;
        return index >= 0;
    }

    public IEnumerator<KeyValuePair<string, double>> GetEnumerator()
    {
        for (var i = 0; i < _positions.Length; i++)
        {
            yield return KeyValuePair.Create(_names[_positions[i]], _values[i] / Scale);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
