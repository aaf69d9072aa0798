using System.Text;

namespace HavenVlm.Simulation.Stash.Schema;

/// <summary>Writes the schema of one version in GraphQL's own language.</summary>
internal static class SdlWriter
{
    /// <summary>The type of what the real server has and the simulated one does not.</summary>
    public const string NotSimulated = "NotSimulated";

    public static string Write(StashSchema schema)
    {
        var text = new StringBuilder($"scalar {NotSimulated}\n");
        foreach (var type in schema.Types.Where(type => !IsBuiltIn(type)))
        {
            text.Append(Head(type));
            text.Append(
                type.Kind switch
                {
                    SchemaKind.Scalar => "",
                    SchemaKind.Union => $" = {string.Join(" | ", type.Members)}",
                    SchemaKind.Enum => $" {{ {string.Join(' ', type.Members)} }}",
                    _ => $" {{ {string.Join(' ', type.Fields.Values.Select(Field))} }}",
                }
            );
            text.Append('\n');
        }

        return text.ToString();
    }

    private static bool IsBuiltIn(SchemaType type) => type.Name is "Int" or "Float" or "String" or "Boolean" or "ID";

    private static string Head(SchemaType type)
    {
        var keyword = type.Kind switch
        {
            SchemaKind.Object => "type",
            SchemaKind.InputObject => "input",
            SchemaKind.Interface => "interface",
            SchemaKind.Union => "union",
            SchemaKind.Enum => "enum",
            _ => "scalar",
        };
        var interfaces = type.Interfaces.Count > 0 ? $" implements {string.Join(" & ", type.Interfaces)}" : "";
        return $"{keyword} {type.Name}{interfaces}";
    }

    private static string Field(SchemaField field)
    {
        var arguments = field.Arguments.Select(argument => $"{argument.Name}: {argument.Type}{Deprecation(argument.Deprecated)}");
        var list = field.Arguments.Count > 0 ? $"({string.Join(", ", arguments)})" : "";
        return $"{field.Name}{list}: {(field.Type ?? field.Told)?.ToString() ?? NotSimulated}{Deprecation(field.Deprecated)}";
    }

    private static string Deprecation(bool deprecated) => deprecated ? " @deprecated(reason: \"deprecated\")" : "";
}
