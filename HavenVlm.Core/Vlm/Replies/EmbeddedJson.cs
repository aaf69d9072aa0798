using System.Text;
using System.Text.Json;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>A value in a text.</summary>
/// <param name="Json">The value.</param>
/// <param name="IsAfterBrace">Whether a brace stands before it that begins no JSON: a list may be a piece of something else.</param>
/// <param name="IsAfterBroken">Whether an object before it could not be read: this may be a piece of it.</param>
internal readonly record struct FoundJson(JsonElement Json, bool IsAfterBrace, bool IsAfterBroken);

/// <summary>Finds JSON in a text: alone, in fences or in the midst of prose. The work is bounded by the text's length.</summary>
internal sealed class EmbeddedJson
{
    private const int MostFailures = 8;
    private const int MostValues = 256;
    private const int MostWork = 4;

    private static readonly JsonReaderOptions Lenient = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 64,
    };

    private static readonly JsonDocumentOptions LenientDocument = new()
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
    public static EmbeddedJson Find(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var values = new List<FoundJson>();
        var (position, failures, work) = (0, 0, 0L);
        var (isAfterBrace, isAfterBroken) = (false, false);
        while (failures < MostFailures && values.Count < MostValues && work <= (long)MostWork * utf8.Length)
        {
            var start = NextStart(utf8, position, ref isAfterBrace);
            if (start < 0)
            {
                return new EmbeddedJson(values, IsAlone(values, text), isCut: false);
            }

            var (length, isCut) = Measure(utf8.AsSpan(start));
            work += Math.Max(length, 1);
            if (isCut)
            {
                return new EmbeddedJson(values, isWhole: false, isCut: true);
            }

            if (length >= 0 && TryParse(utf8.AsMemory(start, length)) is { } json)
            {
                values.Add(new FoundJson(json, isAfterBrace, isAfterBroken));
                position = start + length;
            }
            else
            {
                isAfterBroken |= utf8[start] == (byte)'{';
                failures++;
                work += length < 0 ? -length : 0;
                position = start + 1;
            }
        }

        return new EmbeddedJson(values, isWhole: false, isCut: false);
    }

    private static bool IsAlone(List<FoundJson> values, string text)
    {
        var trimmed = text.AsSpan().Trim();
        return values.Count == 1 && trimmed.Length > 0 && trimmed[0] is '{' or '[' && trimmed[^1] is '}' or ']';
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
            if (isStart)
            {
                return i;
            }

            isAfterBrace |= utf8[i] is (byte)'{';
            // Blanks that were looked over hold no bracket.
            i = next - 1;
        }

        return -1;
    }

    // Length of the value; negative = no JSON, found out after so many bytes.
    private static (int Length, bool IsCut) Measure(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, isFinalBlock: false, new JsonReaderState(Lenient));
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    return ((int)reader.BytesConsumed, false);
                }
            }

            return (-1, true);
        }
        catch (JsonException)
        {
            return (-(int)Math.Max(1, reader.BytesConsumed), false);
        }
    }

    private static JsonElement? TryParse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, LenientDocument);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
