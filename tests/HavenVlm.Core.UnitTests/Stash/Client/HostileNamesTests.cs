using System.Text.Json.Nodes;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.UnitTests.Stash.Client;

/// <summary>Names that try to become a part of what Stash is asked.</summary>
public sealed class HostileNamesTests
{
    [Theory]
    [InlineData("\") { tagsDestroy(ids: [1]) } #")]
    [InlineData("\"\"\" } mutation { sceneDestroy(input: {id: 1}) }")]
    [InlineData("${x} $name_0 # needs Type.field")]
    [InlineData("\u202egnissiK\u0000\r\n")]
    public void A_value_travels_as_a_variable_and_changes_no_text_of_any_operation(string hostile)
    {
        var names = typeof(GraphQlDocument)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".graphql", StringComparison.Ordinal))
            .Select(name => name["HavenVlm.Core.Stash.Client.Queries.".Length..^".graphql".Length])
            .ToArray();
        Assert.NotEmpty(names);
        foreach (var document in names.Select(GraphQlDocument.Get).Where(document => !document.DependsOnSchema))
        {
            var variables = document.For(schema: null).Variables.Select(variable => variable.Name).ToArray();
            var plain = Compose(document, variables, "Kissing");
            var (query, values) = Compose(document, variables, hostile);

            Assert.Equal(plain.Query, query);
            Assert.All(values, value => Assert.Equal(hostile, value.Value!.GetValue<string>()));
        }
    }

    private static (string Query, JsonObject Variables) Compose(GraphQlDocument document, string[] variables, string value)
    {
        var values = new JsonObject(variables.Select(name => KeyValuePair.Create<string, JsonNode?>(name, value)));
        return GraphQlBatch.Compose(
            [new GraphQlCall(document, values), new GraphQlCall(document, (JsonObject)values.DeepClone())],
            schema: null
        );
    }
}
