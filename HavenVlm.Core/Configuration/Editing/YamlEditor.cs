using System.Text;

namespace HavenVlm.Core.Configuration.Editing;

/// <summary>
/// Changes values in a YAML text and nothing else: comments, order, spaces, quotes and line ends stay as they are. Works on the places at
/// which the parser found things; what it cannot change so (values written by reference, lists) it refuses.
/// </summary>
internal sealed class YamlEditor
{
    private readonly string _text;
    private readonly string _lineEnd;
    private readonly List<(int At, int Length, string Text)> _edits = [];

    private YamlEditor(string text)
    {
        _text = text;
        _lineEnd = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
    }

    /// <summary>The text with the values.</summary>
    /// <exception cref="YamlEditException">It cannot be done by changing only these values.</exception>
    public static string Set(string text, WantedValues wanted)
    {
        var editor = new YamlEditor(text);
        switch (YamlPlaces.Of(text))
        {
            case YamlMapPlace map:
                editor.Edit(map, wanted, "", json: false);
                break;
            case null or YamlScalarPlace { IsNull: true }:
                var end = text.Length == 0 || text.EndsWith('\n') ? "" : editor._lineEnd;
                editor._edits.Add((text.Length, 0, end + editor.Lines(wanted, "") + editor._lineEnd));
                break;
            default:
                throw new YamlEditException("the file is no map of settings");
        }

        return editor.Apply();
    }

    private string Apply()
    {
        var result = new StringBuilder(_text);
        // At one place what was found first, deeper inside, comes first.
        foreach (var (at, length, text) in Enumerable.Reverse(_edits).OrderByDescending(edit => edit.At))
        {
            result.Remove(at, length).Insert(at, text);
        }

        return result.ToString();
    }

    private void Edit(YamlMapPlace map, WantedValues wanted, string path, bool json)
    {
        json = map.IsFlow && (map.Entries.Count > 0 ? map.Entries[0].Key.Style == YamlDotNet.Core.ScalarStyle.DoubleQuoted : json);
        var missing = new WantedValues();
        foreach (var (key, value, below) in wanted.Entries)
        {
            if (map.Find(key) is { } entry)
            {
                Edit(map, entry, value, below, KeyPath.Child(path, key), json);
            }
            else if (below is not null)
            {
                Copy(below, missing.Below(key));
            }
            else
            {
                missing.Set(key, value!);
            }
        }

        if (missing.Entries.Count > 0)
        {
            Insert(map, missing, json);
        }
    }

    private void Edit(YamlMapPlace map, YamlEntryPlace entry, string? value, WantedValues? below, string path, bool json)
    {
        switch (entry.Value)
        {
            case YamlMapPlace inner when below is not null:
                Edit(inner, below, path, json);
                break;
            case YamlScalarPlace { IsNull: true } empty:
                Fill(map, entry.Key, empty, value, below, json);
                break;
            case YamlScalarPlace { IsBlock: false } scalar when value is not null:
                _edits.Add((scalar.Start, scalar.End - scalar.Start, YamlWords.Value(value, scalar.Style, json)));
                break;
            case YamlAliasPlace:
                throw new YamlEditException($"{path} is written by reference (*{_text[(entry.Value.Start + 1)..entry.Value.End]})");
            default:
                throw new YamlEditException($"{path} is written in a way that cannot be changed in place");
        }
    }

    /// <summary>Puts a value where nothing was written behind a key.</summary>
    private void Fill(YamlMapPlace map, YamlScalarPlace key, YamlScalarPlace empty, string? value, WantedValues? below, bool json)
    {
        var hasColon = _text[key.End..empty.Start].Contains(':', StringComparison.Ordinal);
        if (below is not null && !map.IsFlow && below.Entries.All(entry => entry.Map is not null) && empty.Start == empty.End)
        {
            // A whole section, such as `tags:` without a tag: one line for each.
            _edits.Add((EndOfLine(empty.End), 0, _lineEnd + Lines(below, IndentOf(key) + "  ")));
            return;
        }

        var text = below is null ? YamlWords.Value(value!, json) : Flow(below, json);
        var lead =
            !hasColon ? ": "
            : empty.Start == empty.End ? " "
            : "";
        _edits.Add((empty.Start, empty.End - empty.Start, lead + text));
    }

    private void Insert(YamlMapPlace map, WantedValues missing, bool json)
    {
        if (map.IsFlow)
        {
            InsertInline(map, missing, json);
            return;
        }

        var indent = IndentOf(map.Entries[0].Key);
        var last = Last(map.Entries[^1].Value);
        if (last is YamlScalarPlace { IsBlock: true })
        {
            // Where a text in lines ends depends on what follows: the new keys go before the first one.
            _edits.Add((map.Entries[0].Key.Start, 0, Lines(missing, indent)[indent.Length..] + _lineEnd + indent));
            return;
        }

        _edits.Add((EndOfLine(last.End), 0, _lineEnd + Lines(missing, indent)));
    }

    private void InsertInline(YamlMapPlace map, WantedValues missing, bool json)
    {
        var entries = string.Join(", ", missing.Entries.Select(entry => Inline(entry, json)));
        if (map.Entries.Count == 0)
        {
            var isBlank = string.IsNullOrWhiteSpace(_text[(map.Start + 1)..(map.End - 1)]);
            _edits.Add((map.Start + 1, isBlank ? map.End - map.Start - 2 : 0, $" {entries} "));
        }
        else if (map.Entries[^1].Value is YamlScalarPlace { IsNull: true })
        {
            _edits.Add((map.Entries[0].Key.Start, 0, entries + ", "));
        }
        else
        {
            _edits.Add((map.Entries[^1].Value.End, 0, ", " + entries));
        }
    }

    /// <summary>The place behind which a node ends, whatever is in it.</summary>
    private static YamlPlace Last(YamlPlace place) =>
        place switch
        {
            YamlMapPlace { IsFlow: false, Entries.Count: > 0 } map => Last(map.Entries[^1].Value),
            YamlListPlace { Last: { } last } => Last(last),
            _ => place,
        };

    private int EndOfLine(int at)
    {
        var end = _text.IndexOf('\n', at);
        end = end < 0 ? _text.Length : end;
        end = end > at && _text[end - 1] == '\r' ? end - 1 : end;
        var rest = _text[at..end].TrimStart();
        return rest.Length == 0 || rest[0] == '#' ? end : throw new YamlEditException($"\"{rest}\" is where new settings belong");
    }

    private string IndentOf(YamlScalarPlace key)
    {
        var start = key.Start == 0 ? 0 : _text.LastIndexOf('\n', key.Start - 1) + 1;
        var indent = _text[start..key.Start];
        return indent.All(c => c == ' ') ? indent : throw new YamlEditException($"{key.Value} does not begin its line");
    }

    private string Lines(WantedValues wanted, string indent) =>
        string.Join(
            _lineEnd,
            wanted.Entries.Select(entry =>
                entry.Map is { } map && map.Entries.Any(e => e.Map is not null)
                    ? $"{indent}{YamlWords.Key(entry.Key, quoted: false)}:{_lineEnd}{Lines(map, indent + "  ")}"
                    : indent + Inline(entry, json: false)
            )
        );

    private static string Flow(WantedValues wanted, bool json) =>
        $"{{ {string.Join(", ", wanted.Entries.Select(entry => Inline(entry, json)))} }}";

    private static string Inline((string Key, string? Value, WantedValues? Map) entry, bool json) =>
        $"{YamlWords.Key(entry.Key, json)}: {(entry.Map is { } map ? Flow(map, json) : YamlWords.Value(entry.Value!, json))}";

    private static void Copy(WantedValues from, WantedValues to)
    {
        foreach (var (key, value, map) in from.Entries)
        {
            if (map is null)
            {
                to.Set(key, value!);
            }
            else
            {
                Copy(map, to.Below(key));
            }
        }
    }
}
