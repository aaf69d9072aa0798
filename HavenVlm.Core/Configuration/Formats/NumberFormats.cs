using System.Globalization;
using System.Text.Json.Nodes;

namespace HavenVlm.Core.Configuration.Formats;

/// <summary>A whole number within a range.</summary>
internal sealed class IntegerFormat(int minimum, int maximum) : ValueFormat
{
    public override string Allowed => $"a whole number from {minimum} to {maximum}";

    public override bool IsText => false;

    public override Reading Read(string text)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return Reading.Invalid("is not a whole number");
        }

        return value < minimum ? Reading.Invalid("is too small")
            : value > maximum ? Reading.Invalid("is too large")
            : Reading.Of((int)value);
    }

    public override string Write(object value) => ((int)value).ToString(CultureInfo.InvariantCulture);

    public override JsonObject Schema() =>
        new()
        {
            ["type"] = "integer",
            ["minimum"] = minimum,
            ["maximum"] = maximum,
        };
}

/// <summary>A number within a range.</summary>
internal sealed class NumberFormat(double minimum, double maximum, bool aboveMinimum) : ValueFormat
{
    public override string Allowed =>
        aboveMinimum ? $"a number above {minimum} and up to {maximum}" : $"a number from {minimum} to {maximum}";

    public override bool IsText => false;

    public override Reading Read(string text)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text, Style, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
        {
            return Reading.Invalid("is not a number");
        }

        return value < minimum || (aboveMinimum && value <= minimum) ? Reading.Invalid("is too small")
            : value > maximum ? Reading.Invalid("is too large")
            : Reading.Of(value);
    }

    public override string Write(object value) => ((double)value).ToString("R", CultureInfo.InvariantCulture);

    public override JsonObject Schema() =>
        new()
        {
            ["type"] = "number",
            [aboveMinimum ? "exclusiveMinimum" : "minimum"] = minimum,
            ["maximum"] = maximum,
        };
}

/// <summary>A share of a whole.</summary>
internal sealed class PercentFormat : ValueFormat
{
    public override string Allowed => "a share such as 10% or 0.1, up to 100%";

    public override Reading Read(string text) =>
        PercentText.TryParse(text, out var share, out var problem) ? Reading.Of(share) : Reading.Invalid(problem);

    public override string Write(object value) => PercentText.Write((double)value);

    public override JsonObject Schema() =>
        new()
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["type"] = "string", ["pattern"] = PercentText.Pattern },
                new JsonObject
                {
                    ["type"] = "number",
                    ["minimum"] = 0,
                    ["maximum"] = 1,
                }
            ),
        };
}

/// <summary>True or false.</summary>
internal sealed class BooleanFormat : ValueFormat
{
    public override string Allowed => "true or false";

    public override bool IsText => false;

    public override Reading Read(string text) =>
        bool.TryParse(text, out var value) ? Reading.Of(value) : Reading.Invalid("is neither true nor false");

    public override string Write(object value) => (bool)value ? "true" : "false";

    public override JsonObject Schema() => new() { ["type"] = "boolean" };
}
