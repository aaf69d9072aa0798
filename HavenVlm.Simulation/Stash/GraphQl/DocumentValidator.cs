using GraphQLParser.AST;
using HavenVlm.Simulation.Stash.Schema;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>Refuses what the schema lacks, with the words of the server's library (gqlparser).</summary>
internal sealed class DocumentValidator(StashSchema schema, StashVersion version, GraphQlDocumentSource source)
{
    private readonly List<GraphQlError> errors = [];
    private readonly VariableUse variables = new();

    /// <exception cref="GraphQlRefusedException">With every violation found.</exception>
    public void Validate()
    {
        foreach (var operation in source.Operations)
        {
            ValidateOperation(operation);
        }

        if (errors.Count > 0)
        {
            throw new GraphQlRefusedException(errors);
        }
    }

    private void ValidateOperation(GraphQLOperationDefinition operation)
    {
        var root = operation.Operation switch
        {
            OperationType.Query => schema.Get("Query"),
            OperationType.Mutation => schema.Get("Mutation"),
            _ => throw new NotSimulatedException("subscriptions"),
        };
        variables.Begin(operation);
        foreach (var variable in variables.Defined.Values)
        {
            var name = variable.Type.NamedTypeName();
            if (schema.Find(name) is not { } type)
            {
                Report($"Unknown type \"{name}\".", variable.Type);
            }
            else if (!type.IsInput)
            {
                Report(
                    $"Variable \"${variable.Variable.Name.StringValue}\" cannot be non-input type \"{variable.Type.Print()}\".",
                    variable
                );
            }
        }

        Walk(operation.SelectionSet, root, []);
        var name2 = GraphQlDocumentSource.NameOf(operation);
        foreach (var unused in variables.Unused)
        {
            Report(
                $"Variable \"${unused.Variable.Name.StringValue}\" is never used{(name2.Length > 0 ? $" in operation \"{name2}\"" : "")}.",
                unused
            );
        }
    }

    private void Walk(GraphQLSelectionSet selections, SchemaType parent, HashSet<string> inside)
    {
        foreach (var selection in selections.Selections)
        {
            switch (selection)
            {
                case GraphQLField field:
                    ValidateField(field, parent, inside);
                    break;
                case GraphQLInlineFragment inline:
                    var on = inline.TypeCondition?.Type.Name.StringValue;
                    Enter(on is null ? parent : schema.Find(on), on, inline, inline.SelectionSet, parent, inside, null);
                    break;
                case GraphQLFragmentSpread spread:
                    ValidateSpread(spread, parent, inside);
                    break;
            }

            ValidateDirectives(selection as IHasDirectivesNode);
        }

        foreach (var (message, node) in FieldConflicts.In(selections, source))
        {
            Report(message, node);
        }
    }

    private void ValidateSpread(GraphQLFragmentSpread spread, SchemaType parent, HashSet<string> inside)
    {
        var name = spread.FragmentName.Name.StringValue;
        if (!source.Fragments.TryGetValue(name, out var fragment))
        {
            Report($"Unknown fragment \"{name}\".", spread);
        }
        else if (!inside.Add(name))
        {
            Report($"Cannot spread fragment \"{name}\" within itself.", spread);
        }
        else
        {
            var on = fragment.TypeCondition.Type.Name.StringValue;
            Enter(schema.Find(on), on, spread, fragment.SelectionSet, parent, inside, name);
            inside.Remove(name);
        }
    }

    private void Enter(
        SchemaType? type,
        string? name,
        ASTNode at,
        GraphQLSelectionSet set,
        SchemaType parent,
        HashSet<string> inside,
        string? fragment
    )
    {
        if (type is null)
        {
            Report($"Unknown type \"{name}\".", at);
        }
        else if (!schema.PossibleTypes(type).Intersect(schema.PossibleTypes(parent)).Any())
        {
            var what = fragment is null ? "Fragment" : $"Fragment \"{fragment}\"";
            Report($"{what} cannot be spread here as objects of type \"{parent.Name}\" can never be of type \"{type.Name}\".", at);
        }
        else
        {
            Walk(set, type, inside);
        }
    }

    private void ValidateField(GraphQLField field, SchemaType parent, HashSet<string> inside)
    {
        var name = field.Name.StringValue;
        if (name == "__typename")
        {
            return;
        }

        var definition = MetaFields.Find(parent, name) ?? (parent.Kind == SchemaKind.Union ? null : parent.Fields.GetValueOrDefault(name));
        if (definition is null)
        {
            Report($"Cannot query field \"{name}\" on type \"{parent.Name}\".{SuggestField(parent, name)}", field);
            return;
        }

        if (definition.Type is null)
        {
            throw new NotSimulatedException($"the field {parent.Name}.{name}");
        }

        if (version >= StashVersion.Release29 && name is "__schema" or "__type" && MetaFields.IsTooDeep(field, source))
        {
            Report("Maximum introspection depth exceeded", field);
        }

        ValidateArguments(field, definition, parent);
        var type = schema.Get(definition.Type.NamedType);
        if (type.HasSelection && field.SelectionSet is null)
        {
            Report(
                $"Field \"{name}\" of type \"{definition.Type}\" must have a selection of subfields. Did you mean \"{name} {{ ... }}\"?",
                field
            );
        }
        else if (!type.HasSelection && field.SelectionSet is not null)
        {
            Report($"Field \"{name}\" must not have a selection since type \"{type.Name}\" has no subfields.", field);
        }
        else if (field.SelectionSet is not null)
        {
            Walk(field.SelectionSet, type, inside);
        }
    }

    private string SuggestField(SchemaType parent, string name)
    {
        var concrete =
            parent.Kind == SchemaKind.Object
                ? []
                : schema.PossibleTypes(parent).Where(type => type.Fields.ContainsKey(name)).Select(type => $"\"{type.Name}\"").ToList();
        return concrete.Count > 0
            ? $" Did you mean to use an inline fragment on {string.Join(" or ", concrete)}?"
            : Suggestions.For(name, parent.Fields.Keys);
    }

    private void ValidateArguments(GraphQLField field, SchemaField definition, SchemaType parent)
    {
        var given = (IEnumerable<GraphQLArgument>?)field.Arguments?.Items ?? [];
        foreach (var argument in given)
        {
            var name = argument.Name.StringValue;
            if (definition.Argument(name) is { } known)
            {
                new ValueValidator(schema, variables, Report).Validate(argument.Value, known.Type);
            }
            else
            {
                var near = Suggestions.For(name, definition.Arguments.Select(other => other.Name));
                Report($"Unknown argument \"{name}\" on field \"{parent.Name}.{field.Name.StringValue}\".{near}", field);
            }
        }

        foreach (var required in definition.Arguments.Where(argument => argument.Type.NonNull))
        {
            if (!given.Any(argument => argument.Name.StringValue == required.Name))
            {
                Report(
                    $"Field \"{field.Name.StringValue}\" argument \"{required.Name}\" of type \"{required.Type}\" is required, but it was not provided.",
                    field
                );
            }
        }
    }

    private void ValidateDirectives(IHasDirectivesNode? node)
    {
        foreach (var directive in (IEnumerable<GraphQLDirective>?)node?.Directives?.Items ?? [])
        {
            var condition = directive.Arguments?.Items.FirstOrDefault(argument => argument.Name.StringValue == "if");
            if (directive.Name.StringValue is not ("skip" or "include"))
            {
                Report($"Unknown directive \"@{directive.Name.StringValue}\".", directive);
            }
            else if (condition is null)
            {
                Report(
                    $"Directive \"@{directive.Name.StringValue}\" argument \"if\" of type \"Boolean!\" is required, but it was not provided.",
                    directive
                );
            }
            else
            {
                new ValueValidator(schema, variables, Report).Validate(condition.Value, new TypeReference("Boolean", null, true));
            }
        }
    }

    private void Report(string message, ASTNode at) =>
        errors.Add(new GraphQlError(message, Location: source.Locate(at), Code: GraphQlError.ValidationFailed));
}
