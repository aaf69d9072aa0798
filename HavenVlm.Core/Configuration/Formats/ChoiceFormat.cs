using System.Text.Json.Nodes;

namespace HavenVlm.Core.Configuration.Formats;

/// <summary>One of a few words, in any case.</summary>
internal sealed class ChoiceFormat : ValueFormat
{
    private readonly IReadOnlyList<(string Word, object Value)> _choices;

    private ChoiceFormat(IReadOnlyList<(string Word, object Value)> choices) => _choices = choices;

    public override string Allowed
    {
        get
        {
            var words = Words.ToList();
            return $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";
        }
    }

    private IEnumerable<string> Words => _choices.Select(choice => choice.Word);

    /// <summary>The names of an enumeration, in camel case.</summary>
    public static ChoiceFormat OfEnum(Type type) =>
        new([.. Enum.GetValues(type).Cast<object>().Select(value => (KeyPath.Camel(value.ToString()!), value))]);

    /// <summary>Words that are kept as they are written here.</summary>
    public static ChoiceFormat OfWords(params string[] words) => new([.. words.Select(word => (word, (object)word))]);

    public override Reading Read(string text)
    {
        foreach (var (word, value) in _choices)
        {
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return Reading.Of(value);
            }
        }

        var nearest = NearestName.Of(text, Words);
        return Reading.Invalid("is unknown" + (nearest is null ? "" : $", did you mean {nearest}?"));
    }

    public override string Write(object value) => _choices.First(choice => choice.Value.Equals(value)).Word;

    public override JsonObject Schema() => new() { ["enum"] = new JsonArray([.. Words.Select(word => (JsonNode)JsonValue.Create(word))]) };
}
