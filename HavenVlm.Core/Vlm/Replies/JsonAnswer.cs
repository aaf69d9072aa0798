using System.Globalization;
using System.Text.Json;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>Reads answers out of JSON: the form that was asked for, and the forms that models make of it.</summary>
internal sealed class JsonAnswer(TagNames tags)
{
    private const int DeepestWrapping = 3;
    private static readonly char[] Separators = [',', ';', '\n', '|'];

    private static readonly string[] TagListNames =
    [
        "tags",
        "tag",
        "labels",
        "label",
        "selected_tags",
        "visible_tags",
        "matching_tags",
        "detected_tags",
        "applicable_tags",
    ];

    private static readonly string[] PictureListNames = ["pictures", "frames", "images", "results", "answers", "predictions"];
    private static readonly string[] WrapperNames =
    [
        "answer",
        "result",
        "response",
        "output",
        "json",
        "data",
        "final_answer",
        "parameters",
        "arguments",
    ];
    private static readonly string[] EntryNames = ["tag", "name", "label", "value", "title", "category", "action"];
    private static readonly string[] ConfidenceNames = ["confidence", "score", "probability", "prob", "certainty", "conf", "likelihood"];
    private static readonly string[] PresenceNames =
    [
        "present",
        "visible",
        "applies",
        "applicable",
        "detected",
        "match",
        "is_present",
        "is_visible",
    ];
    private static readonly string[] NumberNames =
    [
        "picture",
        "frame",
        "image",
        "number",
        "index",
        "id",
        "picture_number",
        "frame_number",
        "n",
    ];

    /// <summary>What the JSON says about each of so many pictures; null for those that it says nothing about, null in all when it is no answer.</summary>
    public TagMentions?[]? Read(JsonElement json, int pictures)
    {
        try
        {
            if (pictures > 1)
            {
                return ReadMany(json, pictures, depth: 0);
            }

            return ReadOne(json, depth: 0) is { } one ? [one] : null;
        }
        catch (InvalidOperationException)
        {
            // A name or text holds half a surrogate pair.
            return null;
        }
    }

    /// <summary>The same for JSON found in a text, unless it may be a mere piece of an answer that could not be read as a whole.</summary>
    public TagMentions?[]? Read(FoundJson found, int pictures)
    {
        var isPiece =
            (found.IsAfterBrace || found.IsAfterBroken) && found.Json.ValueKind == JsonValueKind.Array
            || found.IsAfterBroken && !IsFullAnswer(found.Json);
        return isPiece ? null : Read(found.Json, pictures);
    }

    private TagMentions? ReadOne(JsonElement json, int depth)
    {
        if (depth > DeepestWrapping)
        {
            return null;
        }

        if (json.ValueKind == JsonValueKind.Array)
        {
            // A list of one picture, or a list of tags.
            return json.GetArrayLength() == 1 && IsPicture(json[0]) ? ReadOne(json[0], depth + 1) : ReadList(json);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (Property(json, TagListNames) is { } list)
        {
            // {"tag": "Kissing", "confidence": 0.9} is one tag with its confidence.
            return list.ValueKind == JsonValueKind.String && Property(json, ConfidenceNames) is not null
                ? ReadList([json])
                : ReadTags(list);
        }

        if (Property(json, PictureListNames) is { } pictures)
        {
            return ReadOne(pictures, depth + 1);
        }

        if (ReadMap(json) is { } map)
        {
            return map;
        }

        if (Property(json, WrapperNames) is { } inner)
        {
            return ReadOne(inner, depth + 1);
        }

        // {"picture_1": {"tags": […]}}
        var properties = json.EnumerateObject().ToList();
        return properties.Count == 1 && properties[0].Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            ? ReadOne(properties[0].Value, depth + 1)
            : null;
    }

    private TagMentions?[]? ReadMany(JsonElement json, int pictures, int depth)
    {
        if (depth > DeepestWrapping)
        {
            return null;
        }

        if (json.ValueKind == JsonValueKind.Array)
        {
            return ReadPictures([.. json.EnumerateArray().Select(entry => (NumberIn(entry), entry))], pictures);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if ((Property(json, PictureListNames) ?? Property(json, WrapperNames)) is { } inner)
        {
            return ReadMany(inner, pictures, depth + 1);
        }

        if (NumberIn(json) is not null && Property(json, TagListNames) is not null)
        {
            return ReadPictures([(NumberIn(json), json)], pictures);
        }

        var numbered = json.EnumerateObject().Select(property => (TrailingNumber(property.Name), property.Value)).ToList();
        return numbered.Exists(entry => entry.Item1 is null) ? null : ReadPictures(numbered, pictures);
    }

    // By number where the entries have numbers, by order where there is one for each picture; what is ambiguous is left out.
    private TagMentions?[]? ReadPictures(List<(int? Number, JsonElement Json)> entries, int pictures)
    {
        var answers = new TagMentions?[pictures];
        var isNumbered = entries.TrueForAll(entry => entry.Number is not null);
        if (entries.Count == 0 || (!isNumbered && entries.Count != pictures))
        {
            return null;
        }

        // Some models count from zero.
        var first = isNumbered && entries.Exists(entry => entry.Number == 0) ? 0 : 1;
        var seen = new HashSet<int>();
        for (var i = 0; i < entries.Count; i++)
        {
            var place = isNumbered ? entries[i].Number!.Value - first : i;
            if (place < 0 || place >= pictures)
            {
                continue;
            }

            answers[place] = seen.Add(place) ? ReadOne(entries[i].Json, depth: 1) : null;
        }

        return Array.TrueForAll(answers, answer => answer is null) ? null : answers;
    }

    private TagMentions? ReadTags(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return new TagMentions();
            case JsonValueKind.Array:
                return ReadList(value);
            case JsonValueKind.String:
                var mentions = new TagMentions();
                AddText(mentions, value.GetString()!);
                return mentions;
            case JsonValueKind.Object:
                return value.EnumerateObject().Any() ? ReadMap(value) ?? ReadList([value]) : new TagMentions();
            default:
                return null;
        }
    }

    private TagMentions? ReadList(JsonElement array) => ReadList([.. array.EnumerateArray()]);

    private TagMentions? ReadList(List<JsonElement> entries)
    {
        var mentions = new TagMentions();
        var understood = 0;
        foreach (var entry in entries)
        {
            understood += AddEntry(mentions, entry) ? 1 : 0;
        }

        // A list of things that are no tags at all is no answer; an empty list is one.
        return entries.Count > 0 && understood == 0 ? null : mentions;
    }

    private bool AddEntry(TagMentions mentions, JsonElement entry)
    {
        switch (entry.ValueKind)
        {
            case JsonValueKind.String:
                AddText(mentions, entry.GetString()!);
                return true;
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.Array when entry.GetArrayLength() == 2 && entry[0].ValueKind == JsonValueKind.String:
                mentions.AddName(tags, entry[0].GetString()!, ConfidenceText.Read(entry[1]));
                return true;
            case JsonValueKind.Object:
                return AddObject(mentions, entry);
            default:
                return false;
        }
    }

    private bool AddObject(TagMentions mentions, JsonElement entry)
    {
        if (Property(entry, EntryNames) is not { ValueKind: JsonValueKind.String } name)
        {
            return ReadMap(entry) is { } map && Copy(map, mentions);
        }

        if (Property(entry, PresenceNames) is { } presence && Verdict(presence) is false)
        {
            return true;
        }

        var confidence = Property(entry, ConfidenceNames) is { } value ? ConfidenceText.Read(value) : null;
        mentions.AddName(tags, name.GetString()!, confidence);
        return true;
    }

    private static bool Copy(TagMentions from, TagMentions to)
    {
        foreach (var mention in from.Mentions)
        {
            to.Add(mention.Tag, mention.Written, mention.Confidence);
        }

        return true;
    }

    // One tag, a tag with its confidence, or several tags in one text.
    private void AddText(TagMentions mentions, string text)
    {
        if (tags.Find(text) is { } whole)
        {
            mentions.Add(whole, text.Trim(), confidence: null);
            return;
        }

        foreach (var part in text.Split(Separators, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, confidence) = TagText.WithConfidence(part, tags);
            mentions.AddName(tags, name, confidence);
        }
    }

    // {"Kissing": 0.9, "Hugging": false}: an answer only when some name is a tag, else it is a schema or something else.
    private TagMentions? ReadMap(JsonElement json)
    {
        var mentions = new TagMentions();
        var known = 0;
        foreach (var property in json.EnumerateObject())
        {
            if (tags.Find(property.Name) is not { } tag)
            {
                continue;
            }

            var value = property.Value;
            if (value.ValueKind == JsonValueKind.Object)
            {
                value = Property(value, ConfidenceNames) ?? Property(value, PresenceNames) ?? value;
            }

            var confidence = ConfidenceText.Read(value);
            var verdict = Verdict(value);
            if (confidence is null && verdict is null)
            {
                continue;
            }

            known++;
            if (verdict is not false)
            {
                mentions.Add(tag, property.Name, confidence);
            }
        }

        return known > 0 ? mentions : null;
    }

    private static bool? Verdict(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            JsonValueKind.String => TagText.Verdict(value.GetString()!),
            _ => null,
        };

    private static bool IsPicture(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array
        || (
            json.ValueKind == JsonValueKind.Object
            && Property(json, ["tags", "labels"]) is { ValueKind: JsonValueKind.Array or JsonValueKind.Object or JsonValueKind.Null }
        );

    private static bool IsFullAnswer(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && (Property(json, TagListNames) ?? Property(json, PictureListNames)) is { ValueKind: JsonValueKind.Array or JsonValueKind.Object };

    private static int? NumberIn(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || Property(json, NumberNames) is not { } number)
        {
            return null;
        }

        return number.ValueKind switch
        {
            JsonValueKind.Number when number.TryGetInt32(out var value) => value,
            JsonValueKind.String => TrailingNumber(number.GetString()!),
            _ => null,
        };
    }

    private static int? TrailingNumber(string text)
    {
        var digits = text.AsSpan().TrimEnd();
        var start = digits.Length;
        while (start > 0 && char.IsAsciiDigit(digits[start - 1]))
        {
            start--;
        }

        return int.TryParse(digits[start..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static JsonElement? Property(JsonElement json, string[] names)
    {
        foreach (var name in names)
        {
            if (json.TryGetProperty(name, out var exact))
            {
                return exact;
            }
        }

        foreach (var property in json.EnumerateObject())
        {
            if (Array.Exists(names, name => name.Equals(property.Name, StringComparison.OrdinalIgnoreCase)))
            {
                return property.Value;
            }
        }

        return null;
    }
}
