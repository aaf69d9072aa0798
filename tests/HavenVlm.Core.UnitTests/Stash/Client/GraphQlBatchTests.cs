using System.Text.Json.Nodes;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.UnitTests.Stash.Client;

public sealed class GraphQlBatchTests
{
    private static readonly StashSchema Old = new("old", new HashSet<string>(StringComparer.Ordinal));
    private static readonly StashSchema New = new("new", new HashSet<string>(StringComparer.Ordinal) { "SceneMarker.end_seconds" });

    [Fact]
    public void Calls_become_one_request_in_which_each_has_its_own_names()
    {
        const string Hostile = "\") { findTag(id: 1) { id } } #$id";
        var (query, variables) = GraphQlBatch.Compose(
            [StashClient.FindTagsByNameCall(Hostile), StashClient.FindTagCall("7")],
            schema: null
        );

        Assert.Contains("query($filter_0: FindFilterType, $tags_0: TagFilterType, $id_1: ID!)", query, StringComparison.Ordinal);
        Assert.Contains("o0: findTags(filter: $filter_0, tag_filter: $tags_0)", query, StringComparison.Ordinal);
        Assert.Contains("o1: findTag(id: $id_1)", query, StringComparison.Ordinal);
        Assert.DoesNotContain(Hostile, query, StringComparison.Ordinal);
        Assert.Equal(Hostile, (string)variables["tags_0"]!["name"]!["value"]!);
        Assert.Equal("7", (string)variables["id_1"]!);
    }

    [Fact]
    public void Fields_that_a_server_lacks_are_not_asked_for()
    {
        var call = StashClient.FindSceneCall("1");

        Assert.DoesNotContain("end_seconds", GraphQlBatch.Compose([call], Old).Query, StringComparison.Ordinal);
        Assert.Contains("end_seconds", GraphQlBatch.Compose([call], New).Query, StringComparison.Ordinal);
    }

    [Fact]
    public void Queries_and_mutations_do_not_mix() =>
        Assert.Throws<ArgumentException>(() =>
            GraphQlBatch.Compose([StashClient.FindTagCall("7"), StashClient.CreateTagCall("x", null)], schema: null)
        );

    [Fact]
    public void Every_query_file_is_one_operation()
    {
        var names = typeof(StashClient)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".graphql", StringComparison.Ordinal))
            .Select(name => name.Split('.')[^2])
            .ToList();

        Assert.True(names.Count > 15);
        Assert.All(names, name => Assert.NotEmpty(GraphQlDocument.Get(name).For(New).Body));
    }

    [Fact]
    public void A_null_variable_is_left_to_the_servers_default()
    {
        var (_, variables) = GraphQlBatch.Compose([GraphQlCall.Of("FindScene", new JsonObject())], New);

        Assert.Empty(variables);
    }
}
