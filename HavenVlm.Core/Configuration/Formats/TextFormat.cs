using System.Text.Json.Nodes;

namespace HavenVlm.Core.Configuration.Formats;

/// <summary>Text, checked and brought into one form.</summary>
/// <param name="allowed">What is allowed.</param>
/// <param name="read">Gives the text in its usual form, or the problem.</param>
/// <param name="pattern">Regular expression for the schema; null = any text.</param>
internal sealed class TextFormat(string allowed, Func<string, Reading> read, string? pattern = null) : ValueFormat
{
    public static TextFormat Any { get; } = new("text", Reading.Of);

    public override string Allowed => allowed;

    public override Reading Read(string text) => read(text);

    public override string Write(object value) => (string)value;

    public override JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (pattern is not null)
        {
            schema["pattern"] = pattern;
        }

        return schema;
    }
}
