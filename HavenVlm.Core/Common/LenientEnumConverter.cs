using System.Text.Json;
using System.Text.Json.Serialization;

namespace HavenVlm.Core.Common;

/// <summary>
/// A state by its name in camel case. A name that only a newer version knows is read as the default member, so that the status or output
/// that holds it can still be read.
/// </summary>
internal sealed class LenientEnumConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> Members = Enum.GetValues<T>().ToDictionary(EnumText.Of, StringComparer.Ordinal);

    public override bool HandleNull => true;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return Members.GetValueOrDefault(reader.GetString()!);
        }

        reader.Skip();
        return default;
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(EnumText.Of(value));
}

/// <summary>States as messages, commands and reports write them.</summary>
public static class EnumText
{
    /// <summary>The member's name in camel case.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
