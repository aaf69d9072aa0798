using System.Text.Json.Nodes;

namespace HavenVlm.Core.Configuration.Formats;

/// <summary>How a single value is written in the configuration.</summary>
internal abstract class ValueFormat
{
    /// <summary>What is allowed, as a user would say it: follows "expected".</summary>
    public abstract string Allowed { get; }

    /// <summary>Whether a value of this format needs quotes where types matter (YAML for other readers, JSON).</summary>
    public virtual bool IsText => true;

    /// <summary>Reads a value.</summary>
    public abstract Reading Read(string text);

    /// <summary>Writes a value so that it reads back the same.</summary>
    public abstract string Write(object value);

    /// <summary>The JSON schema of a value.</summary>
    public abstract JsonObject Schema();

    /// <summary>A value as JSON, as it would stand in a configuration file.</summary>
    public JsonNode WriteJson(object value) => IsText ? JsonValue.Create(Write(value)) : JsonNode.Parse(Write(value))!;
}

/// <summary>What reading gave: a value, or why not, in words that follow the text found.</summary>
internal readonly record struct Reading(object? Value, string? Problem)
{
    public static Reading Of(object? value) => new(value, null);

    public static Reading Invalid(string problem) => new(null, problem);
}
