using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace HavenVlm.Core.Common;

/// <summary>Id of a scene in Stash.</summary>
[JsonConverter(typeof(TextIdConverter<SceneId>))]
public readonly record struct SceneId : ITextId<SceneId>
{
    private readonly string? _value;

    private SceneId(string value) => _value = value;

    /// <summary>The id as Stash writes it.</summary>
    public string Value => _value ?? "";

    /// <inheritdoc cref="Value"/>
    public static implicit operator string(SceneId id) => id.Value;

    /// <summary>Reads an id as somebody gives it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SceneId id)
    {
        var isOne = StashId.IsOne(text);
        id = isOne ? new SceneId(text!) : default;
        return isOne;
    }

    /// <summary>An id as Stash gave it or a message or artifact holds it: not checked, the rule may be younger.</summary>
    public static SceneId Known(string text) => new(text);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
