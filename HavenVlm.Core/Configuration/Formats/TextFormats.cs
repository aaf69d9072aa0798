using System.Text.RegularExpressions;

namespace HavenVlm.Core.Configuration.Formats;

/// <summary>The formats of the text settings.</summary>
internal static partial class TextFormats
{
    public static ValueFormat Of(TextKind kind) =>
        kind switch
        {
            TextKind.Address => new TextFormat("an address such as http://localhost:1234", AddressTexts.ReadAddress, "^https?://"),
            TextKind.OptionalAddress => new TextFormat(
                "an address such as https://haven.example, or nothing",
                text => text.Length == 0 ? Reading.Of(text) : AddressTexts.ReadAddress(text),
                "^(https?://.*)?$"
            ),
            TextKind.ListenAddress => new TextFormat(
                "http://, then an IP address, localhost or *, then a port, such as http://127.0.0.1:7071",
                AddressTexts.ReadListenAddress,
                "^http://"
            ),
            TextKind.HostNames => new TextFormat(
                "names of hosts such as haven.example, without scheme and port, several separated by commas, or nothing",
                AddressTexts.ReadHostNames
            ),
            TextKind.Hours => new TextFormat(
                "hours such as 22:00-08:00, several separated by commas, or nothing for always",
                text => Hours.TryParse(text, out _, out var problem) ? Reading.Of(text.Trim()) : Reading.Invalid(problem)
            ),
            TextKind.Schedule => new TextFormat(
                "six fields: second minute hour day month weekday, such as 0 */15 * * * *",
                text => Ncrontab.TryParse(text, out _, out var problem) ? Reading.Of(text.Trim()) : Reading.Invalid(problem)
            ),
            TextKind.Level => ChoiceFormat.OfWords("Trace", "Debug", "Information", "Warning", "Error", "Critical"),
            TextKind.Folder => new TextFormat("the path of a folder", ReadFilled, "."),
            TextKind.Name => new TextFormat("a name, without spaces around it and without a slash in it", ReadName, @"^[^/\\]+$"),
            TextKind.TagName => new TextFormat("a tag's name, without spaces around it", ReadTagName, "."),
            TextKind.OptionalTagName => new TextFormat(
                "a tag's name, without spaces around it, or nothing",
                text => text.Length == 0 ? Reading.Of(text) : ReadTagName(text)
            ),
            TextKind.HeaderValue => new TextFormat(
                "a key of plain letters, digits and signs, without spaces, or nothing",
                text => text.All(c => c is > ' ' and < '\x7f') ? Reading.Of(text) : Reading.Invalid("holds a character that no key has")
            ),
            TextKind.Hwaccel => new TextFormat(
                "auto, none or the name of one of ffmpeg's decoders such as vaapi",
                text => Word().IsMatch(text) ? Reading.Of(text.ToLowerInvariant()) : Reading.Invalid("is not such a name"),
                "^[A-Za-z0-9_]+$"
            ),
            TextKind.Prompt => new TextFormat(
                "a template that holds {tags}, or nothing for the built-in one",
                text =>
                    text.Length == 0 || text.Contains("{tags}", StringComparison.Ordinal)
                        ? Reading.Of(text)
                        : Reading.Invalid("does not hold {tags}, so the model would not learn the tags")
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No format for this kind of text."),
        };

    private static Reading ReadFilled(string text) => string.IsNullOrWhiteSpace(text) ? Reading.Invalid("is empty") : Reading.Of(text);

    private static Reading ReadTagName(string text) =>
        string.IsNullOrWhiteSpace(text) ? Reading.Invalid("is empty")
        : text.Length != text.Trim().Length ? Reading.Invalid("has spaces around it")
        : text.Any(char.IsControl) ? Reading.Invalid("has a control character in it")
        : Reading.Of(text);

    private static Reading ReadName(string text) =>
        text.AsSpan().ContainsAny('/', '\\') ? Reading.Invalid("has a slash in it") : ReadTagName(text);

    [GeneratedRegex("^[A-Za-z0-9_]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Word();
}
