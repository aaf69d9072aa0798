using System.Text.Json;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>Reads the tags of one picture out of JSON: names, objects with a confidence, pairs, maps.</summary>
internal sealed class JsonTags(TagNames tags)
{
    /// <summary>Names under which models report a confidence.</summary>
    public static readonly string[] ConfidenceNames = ["confidence", "score", "probability", "prob", "certainty", "conf", "likelihood"];

    private static readonly string[] EntryNames = ["tag", "name", "label", "value", "title", "category", "action"];

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

    private static readonly char[] Separators = [',', ';', '\n', '|'];

    /// <summary>Whatever stands under <c>tags</c>; null when it is no answer.</summary>
    public TagMentions? Read(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return new TagMentions();
            case JsonValueKind.Array:
                return ReadList(value);
            case JsonValueKind.String when JsonText.Inside(value) is { } inside:
                return Read(inside);
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

    /// <summary>A list of tags in any form; null when it is a list of something else.</summary>
    public TagMentions? ReadList(JsonElement array) => ReadList([.. array.EnumerateArray()]);

    /// <inheritdoc cref="ReadList(JsonElement)"/>
    public TagMentions? ReadList(List<JsonElement> entries)
    {
        var mentions = new TagMentions();
        var isUnderstood = false;
        foreach (var entry in entries)
        {
            isUnderstood |= AddEntry(mentions, entry);
        }

        // A list of things that are no tags at all is no answer; an empty list is one.
        return entries.Count > 0 && !isUnderstood ? null : mentions;
    }

    /// <summary>A map such as <c>{"Kissing": 0.9, "Hugging": false}</c>: an answer only when some name is a tag, else a schema or something else (null).</summary>
    public TagMentions? ReadMap(JsonElement json)
    {
        var mentions = new TagMentions();
        var known = 0;
        foreach (var property in json.EnumerateObject())
        {
            var tag = tags.Find(property.Name);
            if (tag is null)
            {
                continue;
            }

            var (verdict, confidence) = Judge(property.Value);
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

    private static (bool? Verdict, double? Confidence) Judge(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return (Verdict(value), ConfidenceText.Read(value));
        }

        var presence = JsonLookup.First(value, PresenceNames);
        var confidence = JsonLookup.First(value, ConfidenceNames);
        return (presence is { } p ? Verdict(p) : null, confidence is { } c ? ConfidenceText.Read(c) : null);
    }

    private bool AddEntry(TagMentions mentions, JsonElement entry)
    {
        switch (entry.ValueKind)
        {
            case JsonValueKind.String when JsonText.Inside(entry) is { ValueKind: JsonValueKind.Object } inside:
                return AddObject(mentions, inside);
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
        if (JsonLookup.First(entry, EntryNames) is not { ValueKind: JsonValueKind.String } name)
        {
            return ReadMap(entry) is { } map && Copy(map, mentions);
        }

        if (JsonLookup.First(entry, PresenceNames) is { } presence && Verdict(presence) is false)
        {
            return true;
        }

        var confidence = JsonLookup.First(entry, ConfidenceNames) is { } value ? ConfidenceText.Read(value) : null;
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

    private static bool? Verdict(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            JsonValueKind.String => TagText.Verdict(value.GetString()!),
            _ => null,
        };
}
