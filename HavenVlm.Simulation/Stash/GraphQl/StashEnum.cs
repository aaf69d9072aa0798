using System.Collections;
using System.Globalization;
using GraphQL.Types;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>An enum of the server. In a variable the case is not checked before the field is resolved.</summary>
internal sealed class StashEnum : EnumerationGraphType
{
    public override object? ParseValue(object? value)
    {
        if (value is null)
        {
            return null;
        }

        if (value is bool or (IEnumerable and not string))
        {
            throw new InvalidOperationException("enums must be ints or strings");
        }

        var text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        if (Values.FindByName(text) is not null)
        {
            return text;
        }

        var message = $"{text} is not a valid {Name}";
        return Values.Any(member => member.Name.Equals(text, StringComparison.OrdinalIgnoreCase))
            ? new WrongCase(message)
            : throw new InvalidOperationException(message);
    }

    public override object? Serialize(object? value) => value;

    /// <summary>A value whose case is wrong, with the message of the resolver that meets it.</summary>
    public sealed record WrongCase(string Message);
}
