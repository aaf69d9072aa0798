using System.Collections;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HavenVlm.Core.Configuration.Binding;

namespace HavenVlm.Core.Configuration;

/// <summary>
/// Takes secrets out of texts that others wrote: servers repeat what they were sent, frameworks log addresses with what stands behind
/// the question mark. Our own texts hold none to begin with.
/// </summary>
public sealed partial class SecretMask
{
    private const string Hidden = "***";

    // What is shorter is no secret, and would be found in every other word.
    private const int Shortest = 6;

    private static readonly string[] SensitiveNames = ["key", "token", "secret", "password", "auth", "credential", "cookie", "session"];

    private readonly string[] _texts;

    /// <summary>A mask for some secrets.</summary>
    /// <param name="secrets">The secrets; what is shorter than six characters is passed over.</param>
    public SecretMask(IEnumerable<string> secrets) =>
        // As they are, and as addresses and JSON write them; the longest first, because one may be a part of another.
        _texts = [
            .. secrets
                .Where(secret => secret.Length >= Shortest)
                .SelectMany(secret => (string[])[secret, Uri.EscapeDataString(secret), JsonEncodedText.Encode(secret).Value])
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(text => text.Length),
        ];

    /// <summary>The mask for everything in the settings that is secret, also provider parameters with a telling name.</summary>
    public static SecretMask Of(HavenOptions options) => new(In(SettingTree.Root, options));

    /// <summary>The mask for what an endpoint is sent.</summary>
    internal static SecretMask Of(EndpointOptions options, JsonObject shared) =>
        new([options.ApiKey, .. InJson(options.ExtraBody, isTelling: false), .. InJson(shared, isTelling: false)]);

    /// <summary>The text without secrets, and without keys in addresses whoever they belong to.</summary>
    public string Apply(string text)
    {
        text = Hide(text);
        return text.Contains('=', StringComparison.Ordinal) ? KeyInAddress().Replace(text, "${before}" + Hidden) : text;
    }

    /// <summary>A body without secrets; one that holds none comes back as it is.</summary>
    internal ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> utf8) =>
        Array.Exists(_texts, text => utf8.Span.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0)
            ? Encoding.UTF8.GetBytes(Hide(Encoding.UTF8.GetString(utf8.Span)))
            : utf8;

    private string Hide(string text) =>
        _texts.Aggregate(text, (current, secret) => current.Replace(secret, Hidden, StringComparison.Ordinal));

    private static IEnumerable<string> In(GroupShape shape, object group) =>
        shape.Settings.SelectMany(setting => In(setting, setting.Property.GetValue(group)));

    private static IEnumerable<string> In(Setting setting, object? value) =>
        (setting.Shape, value) switch
        {
            (_, null) => [],
            (ValueShape, string text) => setting.IsSecret ? [text] : [],
            (GroupShape shape, _) => In(shape, value),
            (ListShape shape, IEnumerable items) => items.Cast<object>().SelectMany(item => In(shape.Item, item)),
            (FreeShape, JsonObject json) => InJson(json, isTelling: false),
            // Groups by name hold tags and categories, which have no secrets.
            _ => [],
        };

    private static IEnumerable<string> InJson(JsonNode? node, bool isTelling) =>
        node switch
        {
            JsonObject map => map.SelectMany(pair => InJson(pair.Value, isTelling || IsSensitive(pair.Key))),
            JsonArray list => list.SelectMany(item => InJson(item, isTelling)),
            JsonValue value when isTelling && value.TryGetValue<string>(out var text) => [text, .. AfterScheme(text)],
            _ => [],
        };

    // "Bearer abc": the key is what stands behind the word.
    private static IEnumerable<string> AfterScheme(string text) => text.LastIndexOf(' ') is var blank and >= 0 ? [text[(blank + 1)..]] : [];

    private static bool IsSensitive(string name) =>
        Array.Exists(SensitiveNames, word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(
        @"(?<before>[?&](code|key|api_?key|token|access_token|sig)=)[^&\s""'<>]+",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex KeyInAddress();
}
