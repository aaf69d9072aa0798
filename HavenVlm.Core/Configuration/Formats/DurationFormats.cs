using System.Text.Json.Nodes;

namespace HavenVlm.Core.Configuration.Formats;

/// <summary>A length of time within a range.</summary>
internal sealed class DurationFormat(string minimum, string maximum) : ValueFormat
{
    public override string Allowed => $"a duration from {minimum} to {maximum}, a number with ms, s, m, h or d such as 2s";

    public override Reading Read(string text)
    {
        if (!DurationText.TryParse(text, out var value, out var problem))
        {
            return Reading.Invalid(problem);
        }

        return value < DurationText.Parse(minimum) ? Reading.Invalid("is too short")
            : value > DurationText.Parse(maximum) ? Reading.Invalid("is too long")
            : Reading.Of(value);
    }

    public override string Write(object value) => DurationText.Write((TimeSpan)value);

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = DurationText.Pattern };
}

/// <summary>A length of time or a share of the video.</summary>
internal sealed class MarkerDurationFormat : ValueFormat
{
    public override string Allowed => "a duration such as 500ms, 2s or 3m, or a share of the video such as 5%";

    public override Reading Read(string text) =>
        MarkerDuration.TryParse(text, out var value, out var problem) ? Reading.Of(value) : Reading.Invalid(problem);

    public override string Write(object value) => ((MarkerDuration)value).ToString();

    public override JsonObject Schema() =>
        new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["type"] = "string", ["pattern"] = DurationText.Pattern },
                new JsonObject { ["type"] = "string", ["pattern"] = PercentText.Pattern },
                new JsonObject { ["const"] = 0 }
            ),
        };
}
