using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HavenVlm.Core.Common;

/// <summary>An id that is text to everybody else: one rule says what may be one, and there is one way to make one of text.</summary>
internal interface ITextId<T>
    where T : struct, ITextId<T>
{
    /// <summary>The id as others write it.</summary>
    string Value { get; }

    /// <summary>Reads an id as somebody gives it.</summary>
    static abstract bool TryParse([NotNullWhen(true)] string? text, out T id);

    /// <summary>An id as it was given out or kept; the rule may be younger than it.</summary>
    static abstract T Known(string text);
}

/// <summary>The rule for ids that Stash gives out.</summary>
public static class StashId
{
    private const int Longest = 18;

    /// <summary>What an id is, to go on after what was found.</summary>
    public const string Rule = "ids of Stash are whole numbers such as 12, without zeros in front";

    /// <summary>
    /// Whether a text is an id as Stash gives them out: positive, decimal, no leading zeros. Another spelling of the number would be the
    /// same thing under another name, in artifacts, instances and records.
    /// </summary>
    public static bool IsOne([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= Longest } && text[0] != '0' && text.All(char.IsAsciiDigit);
}

/// <summary>Ids are strings in messages, artifacts and answers. What was kept before the rule was one for all calls is still read.</summary>
internal sealed class TextIdConverter<T> : JsonConverter<T>
    where T : struct, ITextId<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? T.Known(reader.GetString()!) : throw new JsonException("An id is a text.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
