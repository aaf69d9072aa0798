using System.Globalization;
using System.Text.Json;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>What a server says went wrong: its codes and its words, whatever form its errors have.</summary>
/// <param name="Status">HTTP status, or the one in the body of a reply with status 200.</param>
/// <param name="Text">The server's words, cleaned and masked.</param>
internal sealed record ServerError(int Status, string Text)
{
    private const int Deepest = 8;

    /// <summary>
    /// Every code, type, status and reason anywhere in the body, and the names of the objects that only moderation sends.
    /// </summary>
    public IReadOnlySet<string> Marks { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was sent, for the user: a status in the body was not.</summary>
    public string Sent { get; private init; } = $"HTTP {Status}";

    /// <summary>The same error, found inside a reply with status 200.</summary>
    /// <param name="hasCode">Whether <see cref="Status"/> is the code in the error.</param>
    public ServerError InsideReply(bool hasCode) =>
        this with
        {
            Sent = hasCode ? $"HTTP 200 with error {Status}" : "HTTP 200 with an error",
        };

    /// <summary>How long the body asks to wait (Google's <c>retryDelay</c>); null = it does not.</summary>
    public TimeSpan? RetryDelay { get; init; }

    /// <summary>Reads an error body.</summary>
    /// <param name="status">The status that it came with.</param>
    /// <param name="body">The beginning of the body, in any form.</param>
    /// <param name="mask">What was sent in secret, which servers like to repeat.</param>
    public static ServerError Read(int status, ReadOnlyMemory<byte> body, SecretMask mask)
    {
        var marks = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        TimeSpan? delay = null;
        try
        {
            using var document = JsonDocument.Parse(body);
            Collect(document.RootElement, depth: 0);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A page or plain text: only its words are left.
        }

        return new ServerError(status, ErrorText.OfBody(body.Span, mask)) { Marks = marks, RetryDelay = delay };

        void Collect(JsonElement element, int depth)
        {
            if (depth > Deepest)
            {
                return;
            }

            switch (element.ValueKind)
            {
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray())
                    {
                        Collect(item, depth + 1);
                    }

                    break;
                case JsonValueKind.Object:
                    foreach (var property in element.EnumerateObject())
                    {
                        CollectProperty(property, depth);
                    }

                    break;
                case JsonValueKind.String:
                    // Gateways pass on the error of the server behind them as text.
                    CollectText(element.GetString()!, depth);
                    break;
            }
        }

        void CollectProperty(JsonProperty property, int depth)
        {
            var isText = property.Value.ValueKind == JsonValueKind.String;
            switch (property.Name)
            {
                case "code" or "type" or "status" or "reason" when isText:
                    marks.Add(property.Value.GetString()!);
                    break;
                case "retryDelay" when isText:
                    delay = Max(delay, Seconds(property.Value.GetString()!));
                    break;
                case "flagged_input" or "content_filter_result" when property.Value.ValueKind != JsonValueKind.Null:
                    marks.Add(property.Name);
                    break;
                default:
                    Collect(property.Value, depth + 1);
                    break;
            }
        }

        void CollectText(string text, int depth)
        {
            if (!text.StartsWith('{') && !text.StartsWith('['))
            {
                return;
            }

            try
            {
                using var inner = JsonDocument.Parse(text);
                Collect(inner.RootElement, depth + 1);
            }
            catch (JsonException)
            {
                // Only text after all.
            }
        }
    }

    private static TimeSpan? Max(TimeSpan? a, TimeSpan? b) => a is null || b > a ? b : a;

    private static TimeSpan? Seconds(string text) =>
        text.EndsWith('s')
        && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(1).TotalSeconds))
            : null;
}
