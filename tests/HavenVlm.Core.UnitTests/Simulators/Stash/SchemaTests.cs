using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.Schema;

namespace HavenVlm.Core.UnitTests.Simulators.Stash;

public sealed class SchemaTests
{
    public static TheoryData<StashVersion> Versions => [.. Enum.GetValues<StashVersion>().Where(version => version != StashVersion.None)];

    [Theory, MemberData(nameof(Versions))]
    public async Task Every_described_field_can_be_answered(StashVersion version)
    {
        await using var stash = await SimulatedStash.StartAsync(new SimulatedStashOptions { Version = version });
        var schema = StashSchema.Of(version);
        var unanswered = schema
            .Types.Where(type => type.Kind == SchemaKind.Object)
            .SelectMany(type =>
                type.Fields.Values.Where(field => field.Type is not null && stash.Resolvers.Find(type.Name, field.Name) is null)
                    .Select(field => $"{type.Name}.{field.Name}")
            );
        Assert.Empty(unanswered);
    }

    [Theory, MemberData(nameof(Versions))]
    public void Every_type_that_is_named_is_described(StashVersion version)
    {
        var schema = StashSchema.Of(version);
        var named = schema.Types.SelectMany(type =>
            type.Fields.Values.SelectMany(field => field.Arguments.Select(argument => argument.Type).Append(field.Type))
                .OfType<TypeReference>()
                .Select(reference => reference.NamedType)
                .Concat(type.Kind == SchemaKind.Union ? type.Members : [])
                .Concat(type.Interfaces)
        );
        Assert.DoesNotContain(named.Distinct(), name => schema.Find(name) is null);
    }

    [Theory]
    [InlineData("{ findScenes { scenes { path } } }", "Cannot query field \"path\" on type \"Scene\". Did you mean \"paths\"")]
    [InlineData("{ findTags(names: [\"a\"]) { count } }", "Unknown argument \"names\" on field \"Query.findTags\".")]
    [InlineData(
        "{ findTags(tag_filter: {nam: {value: \"a\", modifier: EQUALS}}) { count } }",
        "Field \"nam\" is not defined by type \"TagFilterType\". Did you mean"
    )]
    [InlineData(
        "{ findTags(tag_filter: {name: {value: \"a\", modifier: LIKE}}) { count } }",
        "Value \"LIKE\" does not exist in \"CriterionModifier!\" enum."
    )]
    [InlineData(
        "{ findTags(tag_filter: {name: {value: \"a\"}}) { count } }",
        "Field \"StringCriterionInput.modifier\" of required type \"CriterionModifier!\" was not provided."
    )]
    [InlineData("{ findTags(filter: {per_page: \"all\"}) { count } }", "Int cannot represent non-integer value: \"all\"")]
    [InlineData("{ findTag { id } }", "Field \"findTag\" argument \"id\" of type \"ID!\" is required, but it was not provided.")]
    [InlineData("query($a: Int) { version { version } }", "Variable \"$a\" is never used.")]
    [InlineData("query q { findTag(id: $id) { id } }", "Variable \"$id\" is not defined by operation \"q\".")]
    [InlineData(
        "query($id: Int!) { findTag(id: $id) { id } }",
        "Variable \"$id\" of type \"Int!\" used in position expecting type \"ID!\"."
    )]
    [InlineData("query($id: Tags!) { findTag(id: $id) { id } }", "Unknown type \"Tags\".")]
    [InlineData("{ version { version { hash } } }", "Field \"version\" must not have a selection since type \"String\" has no subfields.")]
    [InlineData(
        "mutation { a: sceneMarkerDestroy(id: 1) a: sceneMarkerDestroy(id: 2) }",
        "Fields \"a\" conflict because they have differing arguments. Use different aliases on the fields to fetch both if this was intentional."
    )]
    [InlineData(
        "{ findImages { images { visual_files { path } } } }",
        "Cannot query field \"path\" on type \"VisualFile\". Did you mean to use an inline fragment on \"VideoFile\" or \"ImageFile\"?"
    )]
    public async Task What_the_schema_lacks_is_refused_before_anything_runs(string query, string message)
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        Assert.StartsWith(message, await stash.InvalidAsync(query), StringComparison.Ordinal);
        Assert.Empty(stash.Stash.Requests.All);
    }

    [Theory]
    [InlineData(StashVersion.Old2023, 422)]
    [InlineData(StashVersion.Release27, 422)]
    [InlineData(StashVersion.Release28, 200)]
    [InlineData(StashVersion.New2026, 200)]
    public async Task Ends_of_markers_came_with_v0_28(StashVersion version, int status)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var (scene, tag) = (stash.AddScene(), stash.Library.AddTag("Waving").Id);
        var marker = new
        {
            scene_id = scene.ToString(),
            title = "",
            seconds = 1.0,
            end_seconds = 2.0,
            primary_tag_id = tag.ToString(),
        };
        var (given, reply) = await stash.SendAsync(
            "mutation($i: SceneMarkerCreateInput!) { sceneMarkerCreate(input: $i) { id } }",
            new { i = marker }
        );
        Assert.Equal(status, (int)given);
        if (status == 422)
        {
            Assert.Equal(
                """[{"message":"unknown field","path":["variable","i","end_seconds"],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]""",
                reply["errors"]!.ToJsonString()
            );
        }
    }

    [Theory]
    [InlineData("""{"i":{"name":null}}""", "cannot be null")]
    [InlineData("""{"i":{}}""", "must be defined")]
    [InlineData("""{}""", "must be defined")]
    [InlineData("""{"i":{"name":true}}""", "cannot use bool as String")]
    [InlineData("""{"i":{"name":["a"]}}""", "cannot use slice as String")]
    [InlineData("""{"i":{"name":"a","ignore_auto_tag":"yes"}}""", "cannot use string as Boolean")]
    public async Task Variables_must_fit_their_types(string variables, string message)
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.Old2023);
        Assert.Equal(
            message,
            await stash.InvalidAsync(
                "mutation($i: TagCreateInput!) { tagCreate(input: $i) { id } }",
                System.Text.Json.Nodes.JsonNode.Parse(variables)
            )
        );
    }

    [Fact]
    public async Task Enum_values_in_variables_must_be_in_the_right_case_only_when_the_field_runs()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.Old2023);
        var update = new { ids = new[] { stash.AddScene().ToString() }, tag_ids = new { ids = Array.Empty<string>(), mode = "add" } };
        Assert.Equal(
            "add is not a valid BulkUpdateIdMode",
            await stash.RefusalAsync("mutation($i: BulkSceneUpdateInput!) { bulkSceneUpdate(input: $i) { id } }", new { i = update })
        );
    }

    [Fact]
    public async Task What_the_real_server_has_and_this_one_does_not_fails_loudly()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        var (status, reply) = await stash.SendAsync("{ findPerformers { count } }");
        Assert.Equal(501, (int)status);
        Assert.Contains("Query.findPerformers", reply["errors"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Single(stash.Stash.Requests.NotSimulated);
    }

    [Fact]
    public async Task Prints_the_schema()
    {
        await using var old = await StashClientFixture.StartAsync(StashVersion.Old2023);
        await using var recent = await StashClientFixture.StartAsync(StashVersion.New2026);
        const string query =
            "query($t: String!) { __type(name: $t) { name kind inputFields { name type { kind name ofType { name } } } fields { name } enumValues { name } } }";
        var before = (await old.DataAsync(query, new { t = "SceneMarkerUpdateInput" }))["__type"]!["inputFields"]!
            .AsArray()
            .Select(field => field!["name"]!.GetValue<string>());
        var after = (await recent.DataAsync(query, new { t = "SceneMarkerUpdateInput" }))["__type"]!["inputFields"]!
            .AsArray()
            .Select(field => field!["name"]!.GetValue<string>());
        Assert.Equal(["end_seconds"], after.Except(before));
        Assert.Null((await old.DataAsync(query, new { t = "BulkSceneMarkerUpdateInput" }))["__type"]);
        Assert.DoesNotContain(
            "path",
            (await old.DataAsync(query, new { t = "Scene" }))["__type"]!["fields"]!
                .AsArray()
                .Select(field => field!["name"]!.GetValue<string>())
        );
    }

    [Fact]
    public async Task Newer_servers_refuse_to_be_asked_for_lists_three_deep()
    {
        const string query = "{ __type(name: \"Version\") { fields { type { fields { type { fields { name } } } } } } }";
        await using var old = await StashClientFixture.StartAsync(StashVersion.Old2023);
        await old.DataAsync(query);
        await using var recent = await StashClientFixture.StartAsync(StashVersion.New2026);
        Assert.Equal("Maximum introspection depth exceeded", await recent.InvalidAsync(query));
    }
}
