using System.Globalization;
using System.Text.Json;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>Reads answers out of JSON: the form that was asked for, and the forms that models make of it.</summary>
internal sealed class JsonAnswer(TagNames tags)
{
    private const int MaxWrappingDepth = 3;
    private const int MaxKeyDepth = 8;

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

    private readonly JsonTags _tags = new(tags);

    /// <summary>What the JSON says about each of so many pictures; null for those that it says nothing about, null in all when it is no answer.</summary>
    private TagMentions?[]? Read(JsonElement json, int pictures)
    {
        if (pictures > 1)
        {
            return ReadMany(json, pictures, depth: 0);
        }

        return ReadOne(json, depth: 0) is { } one ? [one] : null;
    }

    /// <summary>The same for JSON found in a text, unless it may be a mere piece of an answer that could not be read as a whole.</summary>
    public TagMentions?[]? Read(FoundJson found, int pictures)
    {
        try
        {
            var isPiece =
                (found.IsAfterBrace || found.IsAfterBroken) && found.Json.ValueKind == JsonValueKind.Array
                || found.IsAfterBroken && !IsFullAnswer(found.Json);
            var read = isPiece ? null : Read(found.Json, pictures);
            // What was not quite JSON says "nothing" only in so many words.
            return found.IsRepaired && read is not null && Array.Exists(read, one => one is { Mentions.Count: 0, Unknown: > 0 })
                ? null
                : read;
        }
        catch (InvalidOperationException)
        {
            // A name or text holds half a surrogate pair.
            return null;
        }
    }

    /// <summary>Whether a property has the name of a tag.</summary>
    public bool HasTagKey(JsonElement json)
    {
        try
        {
            return HasTagKey(json, depth: 0);
        }
        catch (InvalidOperationException)
        {
            // A name holds half a surrogate pair.
            return false;
        }
    }

    private bool HasTagKey(JsonElement json, int depth) =>
        depth <= MaxKeyDepth
        && json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject().Any(p => tags.Find(p.Name) is not null || HasTagKey(p.Value, depth + 1)),
            JsonValueKind.Array => json.EnumerateArray().Any(entry => HasTagKey(entry, depth + 1)),
            _ => false,
        };

    private TagMentions? ReadOne(JsonElement json, int depth)
    {
        if (depth > MaxWrappingDepth)
        {
            return null;
        }

        if (json.ValueKind == JsonValueKind.Array)
        {
            // A list of one picture, or a list of tags.
            return json.GetArrayLength() == 1 && IsPicture(json[0]) ? ReadOne(json[0], depth + 1) : _tags.ReadList(json);
        }

        if (JsonText.Inside(json) is { } inside)
        {
            return ReadOne(inside, depth + 1);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (JsonLookup.First(json, TagListNames) is { } list)
        {
            // {"tag": "Kissing", "confidence": 0.9} is one tag with its confidence.
            return list.ValueKind == JsonValueKind.String && JsonLookup.First(json, JsonTags.ConfidenceNames) is not null
                ? _tags.ReadList([json])
                : _tags.Read(list);
        }

        if (JsonLookup.First(json, PictureListNames) is { } pictures)
        {
            return ReadOne(pictures, depth + 1);
        }

        if (_tags.ReadMap(json) is { } map)
        {
            return map;
        }

        if (JsonLookup.First(json, WrapperNames) is { } inner)
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
        if (depth > MaxWrappingDepth)
        {
            return null;
        }

        if (json.ValueKind == JsonValueKind.Array)
        {
            return ReadPictures([.. json.EnumerateArray().Select(entry => (NumberIn(entry), entry))], pictures);
        }

        if (JsonText.Inside(json) is { } inside)
        {
            return ReadMany(inside, pictures, depth + 1);
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if ((JsonLookup.First(json, PictureListNames) ?? JsonLookup.First(json, WrapperNames)) is { } inner)
        {
            return ReadMany(inner, pictures, depth + 1);
        }

        if (NumberIn(json) is { } number)
        {
            return ReadPictures([(number, json)], pictures);
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

    private static bool IsPicture(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array
        || (
            json.ValueKind == JsonValueKind.Object
            && JsonLookup.First(json, ["tags", "labels"])
                is { ValueKind: JsonValueKind.Array or JsonValueKind.Object or JsonValueKind.Null }
        );

    private static bool IsFullAnswer(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && (JsonLookup.First(json, TagListNames) ?? JsonLookup.First(json, PictureListNames))
            is { ValueKind: JsonValueKind.Array or JsonValueKind.Object };

    private static int? NumberIn(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || JsonLookup.First(json, NumberNames) is not { } number)
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
}
