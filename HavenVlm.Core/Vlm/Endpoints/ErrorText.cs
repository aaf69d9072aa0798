using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>Makes what a server says fit for a log line and the status: one short line, without control characters and without secrets.</summary>
internal static partial class ErrorText
{
    private const int Longest = 300;
    private const string Hidden = "***";

    /// <summary>The server's own words in an error body, shortened.</summary>
    /// <param name="body">The beginning of the body.</param>
    /// <param name="mask">What was sent in secret, which servers like to repeat.</param>
    public static string OfBody(ReadOnlySpan<byte> body, SecretMask mask) => Clean(mask.Apply(MessageIn(body)));

    /// <summary>One short line of any text.</summary>
    public static string Clean(string text)
    {
        text = LooksLikeKey().Replace(text, Hidden);
        var line = new StringBuilder(Math.Min(text.Length, Longest + 1));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= Longest)
            {
                return line.Append('…').ToString();
            }

            var isBlank = Rune.IsWhiteSpace(rune) || IsInvisible(rune);
            if (!isBlank)
            {
                line.Append(rune);
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return line.ToString().TrimEnd();
    }

    // Control characters forge log lines; format characters turn the direction of what follows.
    private static bool IsInvisible(Rune rune) =>
        Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format;

    [GeneratedRegex(
        @"\b(sk|pk|gsk|xai|hf|key)[-_][\w*.-]{6,}|\bBearer\s+[\w.~+/*-]+",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex LooksLikeKey();

    private static string MessageIn(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body);
        try
        {
            using var document = JsonDocument.Parse(text);
            return MessageIn(document.RootElement) ?? text;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return text;
        }
    }

    /// <summary>The message in a parsed error: OpenAI's <c>error.message</c>, Ollama's <c>error</c>, FastAPI's <c>detail</c>.</summary>
    public static string? MessageIn(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return element.GetString();
        }

        // Google sends a list of errors.
        if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0 && element[0].ValueKind == JsonValueKind.Object)
        {
            return MessageIn(element[0]);
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var name in (ReadOnlySpan<string>)["error", "message", "detail", "msg"])
        {
            if (element.TryGetProperty(name, out var inner))
            {
                return MessageIn(inner) ?? inner.GetRawText();
            }
        }

        return null;
    }
}
