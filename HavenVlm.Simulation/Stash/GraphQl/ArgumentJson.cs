using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using GraphQL;
using GraphQL.Execution;

namespace HavenVlm.Simulation.Stash.GraphQl;

/// <summary>The arguments of a call as JSON, which is how resolvers read them. What was not given is absent.</summary>
internal static class ArgumentJson
{
    public static JsonObject Of(IResolveFieldContext context)
    {
        var result = new JsonObject();
        foreach (var (name, argument) in context.Arguments ?? new Dictionary<string, ArgumentValue>(StringComparer.Ordinal))
        {
            if (argument.Source != ArgumentSource.FieldDefault)
            {
                result[name] = ToJson(argument.Value);
            }
        }

        return result;
    }

    /// <exception cref="StashErrorException">The value of an enum is in the wrong case.</exception>
    private static JsonNode? ToJson(object? value) =>
        value switch
        {
            null => null,
            string text => JsonValue.Create(text),
            StashEnum.WrongCase wrong => throw new StashErrorException(wrong.Message),
            IDictionary<string, object?> map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, ToJson(pair.Value)))),
            IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(ToJson)]),
            _ => JsonSerializer.SerializeToNode(value),
        };
}
