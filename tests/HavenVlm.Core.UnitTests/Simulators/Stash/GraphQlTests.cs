using HavenVlm.Simulation.Stash;

namespace HavenVlm.Core.UnitTests.Simulators.Stash;

public sealed class GraphQlTests
{
    [Fact]
    public async Task A_known_query_still_checks_its_variables()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        const string Query = "query($id: ID!) { findTag(id: $id) { id } }";
        await stash.DataAsync(Query, new { id = "1" });
        Assert.Equal("must be defined", await stash.InvalidAsync(Query));
        Assert.Equal("cannot use bool as ID", await stash.InvalidAsync(Query, new { id = true }));
        await stash.DataAsync(Query, new { id = 2 });
        Assert.Equal(2, stash.Stash.Requests.Count("findTag"));
    }

    [Theory]
    [InlineData("query($t: String!) { __type(name: $t) { fields(includeDeprecated: true) { name type { name } } } }")]
    [InlineData("{ findScenes(scene_filter: {date: {value: \"2020-01-01\", modifier: EQUALS}}) { count } }")]
    [InlineData("query($f: SceneFilterType) { findScenes(scene_filter: $f) { count } }")]
    public async Task What_is_not_simulated_is_never_answered(string query)
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        var variables = new { t = "Gallery", f = new { duplicated = new { duplicated = true } } };
        var (status, reply) = await stash.SendAsync(query, variables);
        Assert.True((int)status == 501, $"{status} {reply.ToJsonString()}");
        Assert.Single(stash.Stash.Requests.NotSimulated);
    }

    [Fact]
    public async Task Numbers_pass_for_text_and_digits_for_numbers()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.Old2023);
        var scene = stash.AddScene();
        var tag = stash.Library.AddTag("Waving").Id;
        var marker = await stash.DataAsync(
            "mutation($i: SceneMarkerCreateInput!) { sceneMarkerCreate(input: $i) { title seconds } }",
            new
            {
                i = new
                {
                    scene_id = scene,
                    title = 7,
                    seconds = "2.5",
                    primary_tag_id = tag,
                },
            }
        );
        Assert.Equal("""{"sceneMarkerCreate":{"title":"7","seconds":2.5}}""", marker.ToJsonString());
    }

    [Fact]
    public async Task A_field_that_must_not_be_null_nulls_what_holds_it()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        var (status, reply) = await stash.SendAsync("{ version { version } findTag(id: 1) { id } latestversion { version } }");
        Assert.Equal(200, (int)status);
        Assert.Null(reply["data"]);
        Assert.Equal("""["latestversion"]""", reply["errors"]![0]!["path"]!.ToJsonString());
    }

    [Fact]
    public async Task Fragments_variables_with_defaults_and_directives_work()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        stash.Library.AddTag("Waving");
        var data = await stash.DataAsync(
            "query($all: Int = -1, $no: Boolean = false) { findTags(filter: {per_page: $all}) { ...Found count @include(if: $no) } } fragment Found on FindTagsResultType { tags { name } }"
        );
        Assert.Equal("""{"findTags":{"tags":[{"name":"Waving"}]}}""", data.ToJsonString());
    }
}
