using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using GraphQLParser.AST;
using HavenVlm.Simulation.Stash.Schema;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Runs a validated operation. Fields of a mutation run one after the other, each on its own: one that fails does not stop the next.</summary>
internal sealed class GraphQlExecutor(
    StashSchema schema,
    ResolverMap resolvers,
    GraphQlDocumentSource source,
    JsonObject variables,
    RequestContext request
)
{
    /// <summary>Stands for a null that must not be, on its way up to the next value that may be null.</summary>
    private static readonly JsonNode Forbidden = JsonValue.Create("forbidden null");

    private readonly List<GraphQlError> errors = [];

    public IReadOnlyList<GraphQlError> Errors => errors;

    public Func<GraphQLField, Func<ValueTask<object?>>, ValueTask<object?>>? AroundRootField { get; init; }

    public async Task<JsonNode?> ExecuteAsync(GraphQLOperationDefinition operation, object root, CancellationToken cancellation)
    {
        var type = schema.Get(operation.Operation == OperationType.Mutation ? "Mutation" : "Query");
        var data = await ObjectAsync(type, root, [operation.SelectionSet], [], cancellation);
        return data == Forbidden ? null : data;
    }

    private async Task<JsonNode> ObjectAsync(
        SchemaType type,
        object value,
        IReadOnlyList<GraphQLSelectionSet> sets,
        List<object> path,
        CancellationToken cancellation
    )
    {
        var fields = new List<(string Name, List<GraphQLField> Fields)>();
        foreach (var set in sets)
        {
            Collect(set, type, fields);
        }

        var result = new JsonObject();
        var forbidden = false;
        foreach (var (name, same) in fields)
        {
            var node = await FieldAsync(type, value, same, [.. path, name], cancellation);
            forbidden |= node == Forbidden;
            result[name] = node == Forbidden ? null : node;
        }

        return forbidden ? Forbidden : result;
    }

    private void Collect(GraphQLSelectionSet set, SchemaType type, List<(string Name, List<GraphQLField> Fields)> fields)
    {
        foreach (var selection in set.Selections.Where(selection => IsWanted(selection as IHasDirectivesNode)))
        {
            switch (selection)
            {
                case GraphQLField field:
                    var name = (field.Alias?.Name ?? field.Name).StringValue;
                    var present = fields.FindIndex(other => other.Name == name);
                    if (present < 0)
                    {
                        fields.Add((name, [field]));
                    }
                    else
                    {
                        fields[present].Fields.Add(field);
                    }

                    break;
                case GraphQLInlineFragment inline when Applies(inline.TypeCondition?.Type.Name.StringValue, type):
                    Collect(inline.SelectionSet, type, fields);
                    break;
                case GraphQLFragmentSpread spread
                    when source.Fragments[spread.FragmentName.Name.StringValue] is var fragment
                        && Applies(fragment.TypeCondition.Type.Name.StringValue, type):
                    Collect(fragment.SelectionSet, type, fields);
                    break;
            }
        }
    }

    private bool Applies(string? condition, SchemaType type) =>
        condition is null || schema.PossibleTypes(schema.Get(condition)).Contains(type);

    private bool IsWanted(IHasDirectivesNode? node)
    {
        foreach (var directive in (IEnumerable<GraphQLDirective>?)node?.Directives?.Items ?? [])
        {
            var condition = AstValues.ToJson(directive.Arguments!.Items[0].Value, variables)?.GetValue<bool>() ?? false;
            if (condition == (directive.Name.StringValue == "skip"))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<JsonNode?> FieldAsync(
        SchemaType type,
        object value,
        List<GraphQLField> same,
        List<object> path,
        CancellationToken cancellation
    )
    {
        var field = same[0];
        var name = field.Name.StringValue;
        if (name == "__typename")
        {
            return JsonValue.Create(type.Name);
        }

        var definition = MetaFields.Find(type, name) ?? type.Fields[name];
        var resolve = resolvers.Find(type.Name, name) ?? throw new NotSimulatedException($"the field {type.Name}.{name}");
        object? resolved;
        try
        {
            var arguments = AstValues.Arguments(field, variables);
            foreach (var argument in definition.Arguments)
            {
                EnumCheck.Require(schema, arguments[argument.Name], argument.Type);
            }

            var call = new FieldCall(new InputObject(arguments), request, cancellation);
            resolved =
                path.Count == 1 && AroundRootField is not null
                    ? await AroundRootField(field, () => resolve(value, call))
                    : await resolve(value, call);
        }
        catch (StashErrorException problem)
        {
            errors.Add(new GraphQlError(problem.Message, path));
            return definition.Type!.NonNull ? Forbidden : null;
        }

        List<GraphQLSelectionSet> sets = [.. same.Where(each => each.SelectionSet is not null).Select(each => each.SelectionSet!)];
        return await CompleteAsync(resolved, definition.Type!, sets, path, cancellation);
    }

    private async Task<JsonNode?> CompleteAsync(
        object? value,
        TypeReference type,
        List<GraphQLSelectionSet> sets,
        List<object> path,
        CancellationToken cancellation
    )
    {
        if (value is null)
        {
            if (type.NonNull)
            {
                errors.Add(new GraphQlError("must not be null", path));
            }

            return type.NonNull ? Forbidden : null;
        }

        if (type.Element is not null)
        {
            var list = new JsonArray();
            var forbidden = false;
            foreach (var item in (IEnumerable)value)
            {
                var node = await CompleteAsync(item, type.Element, sets, [.. path, list.Count], cancellation);
                forbidden |= node == Forbidden;
                list.Add(node == Forbidden ? null : node);
            }

            return forbidden ? (type.NonNull ? Forbidden : null) : list;
        }

        var definition = schema.Get(type.Name!);
        if (!definition.HasSelection)
        {
            return Scalar(value, definition.Name);
        }

        var concrete = definition.Kind == SchemaKind.Object ? definition : schema.Get(resolvers.TypeOf(value));
        var result = await ObjectAsync(concrete, value, sets, path, cancellation);
        return result == Forbidden && !type.NonNull ? null : result;
    }

    private static JsonNode? Scalar(object value, string type) =>
        value switch
        {
            int id when type == "ID" => JsonValue.Create(id.ToString(CultureInfo.InvariantCulture)),
            JsonNode node => node.DeepClone(),
            bool flag => JsonValue.Create(flag),
            int number => JsonValue.Create(number),
            long number => JsonValue.Create(number),
            double number => JsonValue.Create(number),
            DateTimeOffset { Offset.Ticks: 0 } time => JsonValue.Create(
                time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            ),
            DateTimeOffset time => JsonValue.Create(time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(value.ToString()),
        };
}
