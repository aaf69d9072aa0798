using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Core.UnitTests.Simulators.Stash;

public sealed class ServerTests
{
    public static TheoryData<StashVersion> Both => [StashVersion.Old2023, StashVersion.New2026];

    [Theory, MemberData(nameof(Both))]
    public async Task Bad_json_is_400_and_bad_graphql_422(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        using var response = await stash.Http.PostAsync(
            stash.Uri("/graphql"),
            new StringContent("{\"query\":", Encoding.UTF8, "application/json")
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var (status, reply) = await stash.SendAsync("{ findTags { ");
        Assert.Equal(422, (int)status);
        Assert.Equal("GRAPHQL_PARSE_FAILED", reply["errors"]![0]!["extensions"]!["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(StashVersion.Old2023, "v0.22.1-29-g9f4d0af8", 49)]
    [InlineData(StashVersion.New2026, "v0.30.1-39-gcf3489ef", 75)]
    public async Task Prints_its_version(StashVersion version, string name, int schema)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var data = await stash.DataAsync(
            "{ version { version } systemStatus { databaseSchema status } stats { scene_count } configuration { ui } }"
        );
        Assert.Equal(
            "{\"version\":{\"version\":\""
                + name
                + "\"},\"systemStatus\":{\"databaseSchema\":"
                + schema
                + ",\"status\":\"OK\"},\"stats\":{\"scene_count\":0},\"configuration\":{\"ui\":{}}}",
            data.ToJsonString()
        );
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Asking_for_the_latest_version_nulls_the_whole_reply(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var (_, reply) = await stash.SendAsync("{ version { version } latestversion { version } }");
        Assert.Null(reply["data"]);
    }

    [Theory, MemberData(nameof(Both))]
    public async Task The_tag_of_vr_scenes_is_in_the_settings_of_the_pages(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        stash.Library.SetUi("vrTag", "VR");
        Assert.Equal("VR", (await stash.DataAsync("{ configuration { ui } }"))["configuration"]!["ui"]!["vrTag"]!.GetValue<string>());
    }

    [Theory, MemberData(nameof(Both))]
    public async Task An_empty_queue_is_null_and_the_last_ten_jobs_can_be_found(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        for (var job = 0; job < 12; job++)
        {
            await stash.DataAsync("mutation { metadataGenerate(input: {markers: true}) }");
        }

        Assert.Equal("""{"jobQueue":null}""", (await stash.DataAsync("{ jobQueue { id } }")).ToJsonString());
        Assert.Equal(
            """{"a":null,"b":{"status":"FINISHED"}}""",
            (await stash.DataAsync("{ a: findJob(input: {id: 2}) { status } b: findJob(input: {id: 3}) { status } }")).ToJsonString()
        );
        stash.Stash.HoldJobs = true;
        await stash.DataAsync("mutation { metadataGenerate(input: {markers: true}) }");
        Assert.Equal(
            """{"jobQueue":[{"id":"13","status":"RUNNING"}]}""",
            (await stash.DataAsync("{ jobQueue { id status } }")).ToJsonString()
        );
    }

    [Theory]
    [InlineData(StashVersion.Old2023, "todo")]
    [InlineData(StashVersion.New2026, "1")]
    public async Task A_plugin_task_answers_with_its_job_only_on_newer_servers(StashVersion version, string answer)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var calls = new List<string>();
        stash.Stash.AddPlugin(
            "haven",
            "Haven VLM",
            ["Tag"],
            (task, arguments, _) =>
            {
                calls.Add($"{task} {arguments.ToJsonString()}");
                return Task.FromResult<JsonNode?>(JsonValue.Create(42));
            }
        );
        var run = "mutation { runPluginTask(plugin_id: \"haven\", task_name: \"Tag\", args: [{key: \"a\", value: {str: \"b\"}}]) }";
        Assert.Equal(answer, (await stash.DataAsync(run))["runPluginTask"]!.GetValue<string>());
        await stash.Stash.JobsEndedAsync();
        Assert.Equal(["Tag {\"a\":\"b\"}"], calls);
        if (version == StashVersion.New2026)
        {
            Assert.Equal(
                42,
                (await stash.DataAsync("mutation { runPluginOperation(plugin_id: \"haven\") }"))["runPluginOperation"]!.GetValue<int>()
            );
        }
    }

    [Fact]
    public async Task Settings_of_plugins_came_with_v0_24()
    {
        await using var old = await StashClientFixture.StartAsync(StashVersion.Old2023);
        Assert.StartsWith(
            "Cannot query field \"plugins\" on type \"ConfigResult\".",
            await old.InvalidAsync("{ configuration { plugins } }"),
            StringComparison.Ordinal
        );
        await using var recent = await StashClientFixture.StartAsync(StashVersion.New2026);
        await recent.DataAsync(
            "mutation($m: Map!) { configurePlugin(plugin_id: \"haven\", input: $m) }",
            new { m = new { url = "http://x" } }
        );
        Assert.Equal(
            """{"configuration":{"plugins":{"haven":{"url":"http://x"}}}}""",
            (await recent.DataAsync("{ configuration { plugins } }")).ToJsonString()
        );
    }

    [Theory, MemberData(nameof(Both))]
    public async Task Saved_filters_are_maps_and_their_old_text_is_empty(StashVersion version)
    {
        await using var stash = await StashClientFixture.StartAsync(version);
        var filter = new { tags = new { value = new { items = new[] { new { id = "1", label = "A" } } }, modifier = "INCLUDES_ALL" } };
        await stash.DataAsync(
            "mutation($i: SaveFilterInput!) { saveFilter(input: $i) { id } }",
            new
            {
                i = new
                {
                    mode = "SCENES",
                    name = "mine",
                    find_filter = new { q = "walk", per_page = 40 },
                    object_filter = filter,
                },
            }
        );
        var found = (
            await stash.DataAsync("{ findSavedFilters(mode: SCENES) { id name filter find_filter { q per_page sort } object_filter } }")
        )["findSavedFilters"]![0]!;
        Assert.Equal(
            """{"id":"1","name":"mine","filter":"","find_filter":{"q":"walk","per_page":40,"sort":null}""",
            found.ToJsonString().Split(",\"object_filter")[0]
        );
        Assert.Equal("INCLUDES_ALL", found["object_filter"]!["tags"]!["modifier"]!.GetValue<string>());
        Assert.Equal("""{"findSavedFilter":null}""", (await stash.DataAsync("{ findSavedFilter(id: 9) { id } }")).ToJsonString());
    }

    [Fact]
    public async Task Image_ids_are_ignored_before_v0_25()
    {
        await using var old = await StashClientFixture.StartAsync(StashVersion.Old2023);
        await using var recent = await StashClientFixture.StartAsync(StashVersion.New2026);
        foreach (var stash in new[] { old, recent })
        {
            for (var image = 0; image < 3; image++)
            {
                stash.Library.AddImage(
                    null,
                    new StashFile(0, $"/media/{image}.jpg", DateTimeOffset.UnixEpoch)
                    {
                        IsVideo = false,
                        Width = 4,
                        Height = 3,
                    }
                );
            }
        }

        const string query =
            "{ findImages(image_ids: [2]) { images { id visual_files { __typename ... on ImageFile { width height } ... on VideoFile { duration } } } } }";
        Assert.Equal(3, (await old.DataAsync(query))["findImages"]!["images"]!.AsArray().Count);
        Assert.Equal(
            """[{"id":"2","visual_files":[{"__typename":"ImageFile","width":4,"height":3}]}]""",
            (await recent.DataAsync(query))["findImages"]!["images"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task The_requests_are_kept_with_their_variables()
    {
        await using var stash = await StashClientFixture.StartAsync(StashVersion.New2026);
        await stash.DataAsync("query Mine($id: ID!) { findTag(id: $id) { id } }", new { id = "1" });
        var request = Assert.Single(stash.Stash.Requests.All);
        Assert.Equal(
            ("Mine", false, "findTag", """{"id":"1"}"""),
            (request.OperationName, request.IsMutation, request.RootFields[0], request.Variables)
        );
        Assert.Empty(stash.Stash.Requests.Mutations);
        Assert.Equal(1, stash.Stash.Requests.Count("findTag"));
    }
}
