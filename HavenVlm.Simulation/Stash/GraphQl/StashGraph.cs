using System.Collections.Concurrent;
using GraphQL;
using GraphQL.Conversion;
using GraphQL.Resolvers;
using GraphQL.Types;
using GraphQL.Utilities;
using GraphQLParser.AST;
using HavenVlm.Simulation.Stash.Schema;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>The executable schema of each version.</summary>
internal static class StashGraph
{
    private static readonly ConcurrentDictionary<StashVersion, Lazy<ISchema>> Built = new();

    public static ISchema Of(StashVersion version) => Built.GetOrAdd(version, v => new Lazy<ISchema>(() => Build(StashSchema.Of(v)))).Value;

    /// <summary>Whether the real server has the field and the simulated one does not.</summary>
    public static bool IsSimulated(FieldType field) => !field.HasMetadata(SdlWriter.NotSimulated);

    private static GraphQL.Types.Schema Build(StashSchema description)
    {
        var builder = new Builder();
        GraphQL.Types.Schema? schema = null;
        foreach (var type in description.Types.Where(type => type.Kind is SchemaKind.Union or SchemaKind.Interface))
        {
            builder.Types.For(type.Name).ResolveType = value =>
                (IObjectGraphType)schema!.AllTypes[((StashFile)value).IsVideo ? "VideoFile" : "ImageFile"]!;
        }

        schema = builder.Build(SdlWriter.Write(description));
        foreach (
            var scalar in StashScalars.Create([
                .. description
                    .Types.Where(type => type.Kind == SchemaKind.Scalar && !Builder.IsBuiltIn(type.Name))
                    .Select(type => type.Name),
                SdlWriter.NotSimulated,
            ])
        )
        {
            schema.RegisterType(scalar);
        }

        schema.NameConverter = DefaultNameConverter.Instance;
        schema.Initialize();
        foreach (var type in description.Types.Where(type => type.Fields.Count > 0))
        {
            Connect((IComplexGraphType)schema.AllTypes[type.Name]!, type);
        }

        RefuseUndescribed(schema, "__Field");
        RefuseUndescribed(schema, "__InputValue");
        return schema;
    }

    private static void Connect(IComplexGraphType type, SchemaType description)
    {
        foreach (var field in type.Fields)
        {
            var simulated = description.Fields[field.Name].Type is not null;
            if (!simulated)
            {
                field.Metadata[SdlWriter.NotSimulated] = true;
            }

            if (type is IObjectGraphType)
            {
                field.Resolver = new StashField(type.Name, field.Name);
            }
            else if (type is IInputObjectGraphType && !simulated)
            {
                field.Parser = _ => throw new NotSimulatedException($"the input field {type.Name}.{field.Name}");
            }
        }
    }

    /// <summary>What a client learns of a type must not be made up.</summary>
    private static void RefuseUndescribed(GraphQL.Types.Schema schema, string introspected)
    {
        var field = ((IComplexGraphType)schema.AllTypes[introspected]!).GetField("type")!;
        var resolve = field.Resolver!;
        field.Resolver = new FuncFieldResolver<object?>(async context =>
        {
            var type = await resolve.ResolveAsync(context);
            return type is IGraphType graph && graph.GetNamedType().Name == SdlWriter.NotSimulated
                ? throw new NotSimulatedException("the type of a field that was asked for")
                : type;
        });
    }

    private sealed class Builder : SchemaBuilder
    {
        public Builder() => RunConfigurations = false;

        public static bool IsBuiltIn(string name) => name is "Int" or "Float" or "String" or "Boolean" or "ID";

        protected override EnumerationGraphType ToEnumerationType(GraphQLEnumTypeDefinition enumDef)
        {
            var type = new StashEnum { Name = enumDef.Name.StringValue };
            foreach (var member in enumDef.Values?.Items ?? [])
            {
                type.Add(member.Name.StringValue, member.Name.StringValue);
            }

            return type;
        }
    }
}
