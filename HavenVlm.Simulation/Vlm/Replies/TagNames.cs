using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HavenVlm.Simulation.Media;

namespace HavenVlm.Simulation.Vlm.Replies;

/// <summary>Finds out which tags a request asks for, and which tag of the legend each name means.</summary>
internal static partial class TagNames
{
    /// <summary>The tag of the legend that a name means; null = the model has never seen such a thing.</summary>
    public static string? LegendTag(string name, VlmBehavior behavior, string prompt = "")
    {
        // "- t12 = Kissing: two people touch lips" explains a short name.
        if (IdOf(name, prompt) is { Success: true } line)
        {
            name = line.Groups["name"].Value;
        }

        var meant = behavior.Aliases.GetValueOrDefault(name, name);
        return TagLegend.Tags.FirstOrDefault(tag => tag.Equals(meant, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The names asked for: those of the schema, else those at the beginning of the prompt's lines, else those anywhere in it.</summary>
    public static IReadOnlyList<string> AskedFor(ChatRequest request, VlmBehavior behavior)
    {
        if (request.Schema is { } schema)
        {
            var names = OfSchema(schema, behavior, request.Text);
            if (names.Count > 0)
            {
                return names;
            }
        }

        string[] known = [.. TagLegend.Tags, .. behavior.Aliases.Keys];
        var lines = request.Text.Split('\n').Select(line => Bullet().Replace(line, "")).ToArray();
        string[] listed = [.. known.Where(name => lines.Any(line => StartsWith(line, name)))];
        return listed.Length > 0 ? listed : [.. known.Where(name => ContainsWord(request.Text, name))];
    }

    private static Match IdOf(string name, string prompt) =>
        name.Length is > 1 and < 8 && char.IsAsciiDigit(name[^1])
            ? Regex.Match(
                prompt,
                $@"^\W*{Regex.Escape(name)} = (?<name>[^:\r\n]+)",
                RegexOptions.Multiline | RegexOptions.CultureInvariant,
                RegexTimeout
            )
            : Match.Empty;

    private static IReadOnlyList<string> OfSchema(JsonObject schema, VlmBehavior behavior, string prompt)
    {
        var lists = ListsIn(schema).ToList();
        // Other fields may have fixed values too; a list with a name that is known is one of tags.
        var ofTags = lists.Where(list => list.Any(name => LegendTag(name, behavior, prompt) is not null)).ToList();
        return
        [
            .. (ofTags.Count > 0 ? ofTags : lists.Where(l => l.Length > 0).TakeLast(1))
                .SelectMany(list => list)
                .Where(name => name.Length > 0 && !name.Equals("none", StringComparison.OrdinalIgnoreCase))
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<string[]> ListsIn(JsonNode? node) =>
        node switch
        {
            JsonArray array => array.SelectMany(ListsIn),
            JsonObject schema => OwnLists(schema).Concat(schema.SelectMany(entry => ListsIn(entry.Value))),
            _ => [],
        };

    private static IEnumerable<string[]> OwnLists(JsonObject schema)
    {
        if (schema["enum"] is JsonArray values)
        {
            yield return [.. values.OfType<JsonValue>().Select(v => v.TryGetValue(out string? text) ? text : "")];
        }

        if (schema["properties"] is JsonObject properties)
        {
            yield return [.. properties.Select(p => p.Key)];
        }
    }

    private static bool StartsWith(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal) && (line.Length == name.Length || !char.IsLetterOrDigit(line[name.Length]));

    private static bool ContainsWord(string text, string name) =>
        Regex.IsMatch(text, $@"(?<![\p{{L}}\p{{N}}]){Regex.Escape(name)}(?![\p{{L}}\p{{N}}])", RegexOptions.CultureInvariant, RegexTimeout);

    private static readonly TimeSpan RegexTimeout = TimeSpan.FromSeconds(5);

    [GeneratedRegex("""^\s*(?:[-*•]|\d+[.)])?\s*["'`*]*""", RegexOptions.None, 5000)]
    private static partial Regex Bullet();
}
