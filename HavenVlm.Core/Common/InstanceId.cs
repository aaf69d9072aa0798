using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace HavenVlm.Core.Common;

/// <summary>Id of an orchestration instance.</summary>
[JsonConverter(typeof(TextIdConverter<InstanceId>))]
public readonly record struct InstanceId : ITextId<InstanceId>
{
    private const int Longest = 200;
    private readonly string? _value;

    private InstanceId(string value) => _value = value;

    /// <summary>The id as the engine writes it.</summary>
    public string Value => _value ?? "";

    /// <inheritdoc cref="Value"/>
    public static implicit operator string(InstanceId id) => id.Value;

    /// <summary>Reads an id as somebody gives it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out InstanceId id)
    {
        var isOne = text is { Length: > 0 and <= Longest } && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');
        id = isOne ? new InstanceId(text!) : default;
        return isOne;
    }

    /// <summary>An id as an engine gave it or a message or artifact holds it: not checked, the rule may be younger.</summary>
    public static InstanceId Known(string text) => new(text);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
