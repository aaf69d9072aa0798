using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace HavenVlm.Core.Common;

/// <summary>Id of an image in Stash.</summary>
[JsonConverter(typeof(TextIdConverter<ImageId>))]
public readonly record struct ImageId : ITextId<ImageId>
{
    private readonly string? _value;

    private ImageId(string value) => _value = value;

    /// <summary>The id as Stash writes it.</summary>
    public string Value => _value ?? "";

    /// <inheritdoc cref="Value"/>
    public static implicit operator string(ImageId id) => id.Value;

    /// <summary>Reads an id as somebody gives it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ImageId id)
    {
        var isOne = StashId.IsOne(text);
        id = isOne ? new ImageId(text!) : default;
        return isOne;
    }

    /// <summary>An id as Stash gave it or a message or artifact holds it: not checked, the rule may be younger.</summary>
    public static ImageId Known(string text) => new(text);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
