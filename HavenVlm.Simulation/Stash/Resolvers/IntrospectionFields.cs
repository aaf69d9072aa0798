using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.Schema;

namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>What a client learns by asking for the schema itself.</summary>
internal sealed class IntrospectionFields(StashSchema schema)
{
    public void Register(ResolverMap map)
    {
        map.Add<object>("Query", "__schema", _ => schema);
        map.Add<object>("Query", "__type", (_, call) => schema.Find(call.Arguments.Text("name")!) is { } type ? Named(type.Name) : null);
        map.Add<StashSchema>("__Schema", "types", _ => schema.Types.Select(type => type.Name).Order(StringComparer.Ordinal).Select(Named));
        map.Add<StashSchema>("__Schema", "queryType", _ => Named("Query"));
        map.Add<StashSchema>("__Schema", "mutationType", _ => Named("Mutation"));
        map.Add<StashSchema>("__Schema", "description", _ => null);
        map.Add<TypeReference>("__Type", "kind", Kind);
        map.Add<TypeReference>("__Type", "name", type => Definition(type)?.Name);
        map.Add<TypeReference>("__Type", "description", _ => null);
        map.Add<TypeReference>("__Type", "specifiedByURL", _ => null);
        map.Add<TypeReference>("__Type", "ofType", type => type.NonNull ? type.Nullable : type.Element);
        map.Add<TypeReference>("__Type", "fields", (type, call) => Fields(type, call.Arguments.Flag("includeDeprecated") ?? false));
        map.Add<TypeReference>(
            "__Type",
            "inputFields",
            type => Definition(type) is { Kind: SchemaKind.InputObject } input ? input.Fields.Values : []
        );
        map.Add<TypeReference>(
            "__Type",
            "enumValues",
            type => Definition(type) is { Kind: SchemaKind.Enum } members ? members.Members : []
        );
        map.Add<TypeReference>("__Type", "interfaces", type => (Definition(type)?.Interfaces ?? []).Select(Named));
        map.Add<TypeReference>("__Type", "possibleTypes", type => PossibleTypes(type));
        map.Add<SchemaField>("__Field", "name", field => field.Name);
        map.Add<SchemaField>("__Field", "description", _ => null);
        map.Add<SchemaField>(
            "__Field",
            "args",
            field =>
                field.Type is null
                    ? throw NotDescribed(field)
                    : field.Arguments.Select(argument => new SchemaField(argument.Name, argument.Type, [], argument.Deprecated))
        );
        map.Add<SchemaField>("__Field", "type", field => field.Type ?? throw NotDescribed(field));
        map.Add<SchemaField>("__Field", "isDeprecated", field => field.Deprecated);
        map.Add<SchemaField>("__Field", "deprecationReason", field => field.Deprecated ? "deprecated" : null);
        map.Add<SchemaField>("__InputValue", "name", field => field.Name);
        map.Add<SchemaField>("__InputValue", "description", _ => null);
        map.Add<SchemaField>("__InputValue", "type", field => field.Type ?? field.Told ?? throw NotDescribed(field));
        map.Add<SchemaField>("__InputValue", "defaultValue", _ => null);
        map.Add<string>("__EnumValue", "name", name => name);
        map.Add<string>("__EnumValue", "description", _ => null);
        map.Add<string>("__EnumValue", "isDeprecated", _ => false);
        map.Add<string>("__EnumValue", "deprecationReason", _ => null);
    }

    private static TypeReference Named(string name) => new(name, null, false);

    private static NotSimulatedException NotDescribed(SchemaField field) => new($"the type of {field.Name}");

    private SchemaType? Definition(TypeReference type) => type.NonNull || type.Name is null ? null : schema.Get(type.Name);

    private string Kind(TypeReference type) =>
        type switch
        {
            { NonNull: true } => "NON_NULL",
            { Element: not null } => "LIST",
            _ => schema.Get(type.Name!).Kind switch
            {
                SchemaKind.InputObject => "INPUT_OBJECT",
                var kind => kind.ToString().ToUpperInvariant(),
            },
        };

    /// <summary>Deprecated fields are left out unless they are asked for.</summary>
    private IEnumerable<SchemaField> Fields(TypeReference type, bool deprecated) =>
        Definition(type) is { Kind: SchemaKind.Object or SchemaKind.Interface } found
            ? found.Fields.Values.Where(field => deprecated || !field.Deprecated)
            : [];

    private IEnumerable<TypeReference> PossibleTypes(TypeReference type) =>
        Definition(type) is { Kind: SchemaKind.Union or SchemaKind.Interface } found
            ? schema.PossibleTypes(found).Select(other => Named(other.Name))
            : [];
}
