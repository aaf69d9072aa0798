using System.Globalization;
using GraphQLParser.AST;
using HavenVlm.Simulation.Stash.Schema;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Checks a value written in the request against the type expected at its place.</summary>
internal sealed class ValueValidator(StashSchema schema, VariableUse variables, Action<string, ASTNode> report)
{
    public void Validate(GraphQLValue value, TypeReference expected)
    {
        if (value is GraphQLVariable variable)
        {
            ValidateVariable(variable, expected);
            return;
        }

        if (value is GraphQLNullValue)
        {
            if (expected.NonNull)
            {
                report($"Expected value of type \"{expected}\", found null.", value);
            }

            return;
        }

        if (value is GraphQLListValue list)
        {
            if (expected.Element is null && schema.Get(expected.NamedType).Name is not ("Any" or "Map"))
            {
                ReportUnexpected(value, expected);
                return;
            }

            foreach (var item in list.Values ?? [])
            {
                Validate(item, expected.Element ?? new TypeReference("Any", null, false));
            }

            return;
        }

        // A single value where a list is expected counts as a list of one.
        ValidateSingle(value, expected.Element is null ? expected : InnerMost(expected));
    }

    private static TypeReference InnerMost(TypeReference type) => type.Element is null ? type : InnerMost(type.Element);

    private void ValidateVariable(GraphQLVariable variable, TypeReference expected)
    {
        var name = variable.Name.StringValue;
        if (variables.Use(name) is not { } definition)
        {
            var operation = variables.OperationName;
            report($"Variable \"${name}\" is not defined{(operation.Length > 0 ? $" by operation \"{operation}\"" : "")}.", variable);
            return;
        }

        var required = definition.DefaultValue is not (null or GraphQLNullValue) ? expected.Nullable : expected;
        if (schema.Find(definition.Type.NamedTypeName()) is not null && !Compatible(definition.Type.ToReference(), required))
        {
            report($"Variable \"${name}\" of type \"{definition.Type.Print()}\" used in position expecting type \"{expected}\".", variable);
        }
    }

    private static bool Compatible(TypeReference given, TypeReference expected)
    {
        if (expected.NonNull && !given.NonNull)
        {
            return false;
        }

        return (given.Element, expected.Element) switch
        {
            (null, null) => given.Name == expected.Name,
            ({ } left, { } right) => Compatible(left, right),
            _ => false,
        };
    }

    private void ValidateSingle(GraphQLValue value, TypeReference expected)
    {
        var type = schema.Get(expected.NamedType);
        if (type.Kind == SchemaKind.Scalar)
        {
            var fits = (value, type.Name) switch
            {
                (GraphQLIntValue number, "Int") => int.TryParse(
                    number.Value.Span,
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out _
                ),
                (GraphQLIntValue, "Float" or "ID") => true,
                (GraphQLFloatValue, "Float") => true,
                (GraphQLStringValue, "String" or "ID") => true,
                (GraphQLBooleanValue, "Boolean") => true,
                _ => type.Name is not ("Int" or "Float" or "ID" or "String" or "Boolean"),
            };
            if (!fits)
            {
                ReportUnexpected(value, expected);
            }

            return;
        }

        if (type.Kind == SchemaKind.Enum)
        {
            ValidateEnum(value, expected, type);
        }
        else if (value is GraphQLObjectValue map)
        {
            ValidateObject(map, type);
        }
        else
        {
            ReportUnexpected(value, expected);
        }
    }

    private void ValidateEnum(GraphQLValue value, TypeReference expected, SchemaType type)
    {
        if (value is not GraphQLEnumValue member)
        {
            report($"Enum \"{expected}\" cannot represent non-enum value: {value.Print()}.", value);
        }
        else if (!type.Members.Contains(member.Name.StringValue, StringComparer.Ordinal))
        {
            var near = Suggestions
                .For(member.Name.StringValue, type.Members)
                .Replace("Did you mean", "Did you mean the enum value", StringComparison.Ordinal);
            report($"Value \"{member.Name.StringValue}\" does not exist in \"{expected}\" enum.{near}", value);
        }
    }

    private void ValidateObject(GraphQLObjectValue map, SchemaType type)
    {
        var given = map.Fields ?? [];
        foreach (var field in type.Fields.Values.Where(field => field.Type is { NonNull: true }))
        {
            if (!given.Any(other => other.Name.StringValue == field.Name))
            {
                report($"Field \"{type.Name}.{field.Name}\" of required type \"{field.Type}\" was not provided.", map);
            }
        }

        foreach (var field in given)
        {
            var name = field.Name.StringValue;
            if (!type.Fields.TryGetValue(name, out var definition))
            {
                report($"Field \"{name}\" is not defined by type \"{type.Name}\".{Suggestions.For(name, type.Fields.Keys)}", field);
            }
            else
            {
                Validate(field.Value, definition.Type ?? throw new NotSimulatedException($"the input field {type.Name}.{name}"));
            }
        }
    }

    private void ReportUnexpected(GraphQLValue value, TypeReference expected)
    {
        var text = value.Print();
        var message = expected.Nullable.ToString() switch
        {
            "Int" when value is GraphQLIntValue => $"Int cannot represent non 32-bit signed integer value: {text}",
            "Int" => $"Int cannot represent non-integer value: {text}",
            "String" => $"String cannot represent a non string value: {text}",
            "Boolean" => $"Boolean cannot represent a non boolean value: {text}",
            "Float" => $"Float cannot represent non numeric value: {text}",
            "ID" => $"ID cannot represent a non-string and non-integer value: {text}",
            _ => $"Expected value of type \"{expected}\", found {text}.",
        };
        report(message, value);
    }
}
