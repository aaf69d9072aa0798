using System.Text;
using System.Text.Json;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>A value in a text.</summary>
/// <param name="Json">The value.</param>
/// <param name="IsAfterBrace">Whether a brace stands before it that begins no JSON: a list may be a piece of something else.</param>
/// <param name="IsAfterBroken">Whether an object before it could not be read: this may be a piece of it.</param>
/// <param name="IsRepaired">Whether it was not quite JSON.</param>
internal readonly record struct FoundJson(JsonElement Json, bool IsAfterBrace, bool IsAfterBroken, bool IsRepaired);

/// <summary>Finds JSON in a text: alone, in fences or in the midst of prose. Failed attempts are counted, so that the work is linear.</summary>
internal sealed class EmbeddedJson
{
    private const int MaxFailures = 8;
    private const int MaxValues = 256;

    private static readonly JsonReaderOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 64,
    };

    private EmbeddedJson(List<FoundJson> values, bool isWhole, bool isCut)
    {
        Values = values;
        IsWhole = isWhole;
        IsCut = isCut;
    }

    /// <summary>Objects and arrays in the text's order; what lies inside one is not listed.</summary>
    public IReadOnlyList<FoundJson> Values { get; }

    /// <summary>Whether the text is one JSON value and nothing else.</summary>
    public bool IsWhole { get; }

    /// <summary>Whether the text ends in the midst of a value.</summary>
    public bool IsCut { get; }

    /// <summary>Looks through a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isValue">Whether a word without quotes is a value.</param>
    public static EmbeddedJson Find(string text, Func<string, bool> isValue)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var values = new List<FoundJson>();
        var (position, failures) = (0, 0);
        var (isAfterBrace, isAfterBroken) = (false, false);
        while (failures < MaxFailures && values.Count < MaxValues)
        {
            var start = NextStart(utf8, position, ref isAfterBrace);
            if (start < 0)
            {
                return new EmbeddedJson(values, IsAlone(values, text), isCut: false);
            }

            var (json, length, isCut) = ReadValue(utf8.AsSpan(start));
            var isRepaired = json is null && !isCut;
            if (isRepaired)
            {
                (json, length, isCut) = Repair(utf8.AsSpan(start), isValue);
            }

            if (isCut)
            {
                return new EmbeddedJson(values, isWhole: false, isCut: true);
            }

            if (json is { } value)
            {
                values.Add(new FoundJson(value, isAfterBrace, isAfterBroken, isRepaired));
                position = start + length;
            }
            else
            {
                isAfterBroken |= utf8[start] == (byte)'{';
                failures++;
                position = start + 1;
            }
        }

        return new EmbeddedJson(values, isWhole: false, isCut: false);
    }

    private static bool IsAlone(List<FoundJson> values, string text)
    {
        var trimmed = text.AsSpan().Trim();
        return values.Count == 1 && !values[0].IsRepaired && trimmed[0] is '{' or '[' && trimmed[^1] is '}' or ']';
    }

    // Cheap look at what follows the bracket, because each failed attempt costs an exception.
    private static int NextStart(ReadOnlySpan<byte> utf8, int from, ref bool isAfterBrace)
    {
        for (var i = from; i < utf8.Length; i++)
        {
            if (utf8[i] is not ((byte)'{' or (byte)'['))
            {
                continue;
            }

            var next = i + 1;
            while (next < utf8.Length && utf8[next] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                next++;
            }

            if (next == utf8.Length)
            {
                return i;
            }

            var isStart = utf8[i] is (byte)'{'
                ? utf8[next] is (byte)'"' or (byte)'}' or (byte)'/'
                : utf8[next] is (byte)'"' or (byte)'{' or (byte)'[' or (byte)']' or (byte)'/' or (>= (byte)'0' and <= (byte)'9');
            if (isStart || LenientJson.MayStart(utf8[i..]))
            {
                return i;
            }

            isAfterBrace |= utf8[i] is (byte)'{';
            // Blanks that were looked over hold no bracket.
            i = next - 1;
        }

        return -1;
    }

    private static (JsonElement? Json, int Length, bool IsCut) Repair(ReadOnlySpan<byte> utf8, Func<string, bool> isValue)
    {
        var reader = new LenientJson(utf8, isValue);
        return reader.Read() is var (json, length) ? (json, length, false) : (null, 0, reader.IsCut);
    }

    private static (JsonElement? Json, int Length, bool IsCut) ReadValue(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, isFinalBlock: false, new JsonReaderState(Lenient));
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out var document))
            {
                return (null, 0, true);
            }

            using (document)
            {
                return (document.RootElement.Clone(), (int)reader.BytesConsumed, false);
            }
        }
        catch (JsonException)
        {
            return (null, 0, false);
        }
    }
}
