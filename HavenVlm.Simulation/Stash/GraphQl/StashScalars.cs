using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using GraphQL.Types;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>The scalars of the server. Its variables arrive as texts of digits: a number passes for a string, and digits pass for a number.</summary>
internal static class StashScalars
{
    public static IEnumerable<ScalarGraphType> Create(IEnumerable<string> custom) =>
        [new Text(), new Id(), new Whole(), new Real(), new Truth(), .. custom.Select(name => new Anything(name))];

    private static InvalidOperationException Unfit(object value, string type)
    {
        var found = value switch
        {
            bool => "bool",
            string => "string",
            IDictionary<string, object?> => "map",
            IEnumerable => "slice",
            _ => "string",
        };
        return new InvalidOperationException($"cannot use {found} as {type}");
    }

    private static string Invariant(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static bool IsTextOrNumber(object value) => value is string or not (bool or IEnumerable);

    private sealed class Text : StringGraphType
    {
        public Text() => Name = "String";

        public override object? ParseValue(object? value) =>
            value is null ? null
            : IsTextOrNumber(value) ? Invariant(value)
            : throw Unfit(value, Name);

        public override object? Serialize(object? value) => value is null or JsonNode ? value : Invariant(value);

        public override bool CanSerializeList(IEnumerable list, bool allowNulls) => false;
    }

    private sealed class Id : IdGraphType
    {
        public override object? ParseValue(object? value) =>
            value is null ? null
            : IsTextOrNumber(value) ? Invariant(value)
            : throw Unfit(value, Name);

        public override object? Serialize(object? value) => value is null ? null : Invariant(value);
    }

    private sealed class Whole : IntGraphType
    {
        public Whole() => Name = "Int";

        public override object? ParseValue(object? value) =>
            value is null ? null
            : IsTextOrNumber(value)
            && long.TryParse(Invariant(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
            : throw Unfit(value, Name);

        public override object? Serialize(object? value) => value;

        public override bool CanSerializeList(IEnumerable list, bool allowNulls) => false;
    }

    private sealed class Real : FloatGraphType
    {
        public Real() => Name = "Float";

        public override object? ParseValue(object? value) =>
            value is null ? null
            : IsTextOrNumber(value) && double.TryParse(Invariant(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number
            : throw Unfit(value, Name);

        public override object? Serialize(object? value) => value;

        public override bool CanSerializeList(IEnumerable list, bool allowNulls) => false;
    }

    private sealed class Truth : BooleanGraphType
    {
        public Truth() => Name = "Boolean";

        public override object? ParseValue(object? value) => value is null or bool ? value : throw Unfit(value, Name);
    }

    /// <summary>Times, maps and what else the server leaves to the resolver.</summary>
    private sealed class Anything : ComplexScalarGraphType
    {
        public Anything(string name) => Name = name;

        public override object? Serialize(object? value) =>
            value switch
            {
                DateTimeOffset { Offset.Ticks: 0 } time => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                DateTimeOffset time => time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture),
                _ => value,
            };
    }
}
