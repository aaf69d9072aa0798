using System.Diagnostics;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Stash;

namespace HavenVlm.Local.Tests.StashPlugin;

/// <summary>The optional plugin: what it does when something in Stash is edited, and what it must not do.</summary>
public sealed class HookTests(VideosFixture videos)
{
    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.New2026)]
    public async Task Setting_the_request_tag_starts_the_analysis_and_what_the_service_writes_does_not_start_it_again(StashVersion version)
    {
        await using var world = await World.CreateAsync(videos, version);
        var scene = await world.AddSceneAsync("phone");
        var tag = world.Stash.Library.EnsureTag("VLM_TagMe");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await InstallAsync(world);
        await world.SetUpAsync(address);

        await TagUntilHeardAsync(world, scene.Id, tag.Id);
        await World.UntilAsync(() => world.Stash.Library.TagNamesOf(scene.Id).Contains("VLM_Tagged"), "an analyzed scene");

        world.AssertMarkersAreTrue(scene.Id, "phone");
        await world.EndedAsync($"{address}/api/instances/sweep");
        var asked = world.Vlm.Log.Answered;
        await TagAsync(world, scene.Id, tag.Id, "REMOVE");
        Assert.Equal(asked, world.Vlm.Log.Answered);
        Assert.DoesNotContain(world.Stash.Log, line => line.Level is "error" or "warning");
    }

    [Fact]
    public async Task Hooks_report_only_added_tags_and_the_kind_of_change()
    {
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("phone");
        var tag = world.Stash.Library.EnsureTag("Private thing");
        await using var service = await FakeService.StartHavenAsync(call =>
            call == "POST /api/stash/hook" ? """{"accepted":true}""" : null
        );
        await InstallAsync(world);
        await world.SetUpAsync(service.Address, "the-key");

        await world.AskStashAsync($$"""mutation { sceneUpdate(input: { id: "{{scene.Id}}", title: "Private title" }) { id } }""");
        await TagAsync(world, scene.Id, tag.Id, "REMOVE");
        await world.AskStashAsync(
            $$"""mutation { bulkSceneUpdate(input: { clientMutationId: "havenvlm", ids: ["{{scene.Id}}"], tag_ids: { ids: ["{{tag.Id}}"], mode: ADD } }) { id } }"""
        );
        Assert.Empty(service.Requests);
        await TagAsync(world, scene.Id, tag.Id, "REMOVE");
        await TagAsync(world, scene.Id, tag.Id, "ADD");

        var request = Assert.Single(service.Requests);
        Assert.StartsWith("POST /api/stash/hook", request, StringComparison.Ordinal);
        Assert.Contains("x-functions-key: the-key", request, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith(
            $$$"""{"hookContext": {"id": {{{scene.Id}}}, "type": "Scene.Update.Post", "inputFields": ["ids", "tag_ids"]}}""",
            request,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("cookie", request, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_costs_an_edit_about_a_second_and_leaves_nothing_in_the_log()
    {
        await using var world = await World.CreateAsync(videos);
        var scene = await world.AddSceneAsync("phone");
        var tag = world.Stash.Library.EnsureTag("VLM_TagMe");
        await using var service = await FakeService.StartAsync(_ => (200, "application/json", "{}"), TimeSpan.FromSeconds(60));
        await InstallAsync(world);
        await world.SetUpAsync(service.Address);

        var begun = Stopwatch.GetTimestamp();
        await TagAsync(world, scene.Id, tag.Id, "ADD");

        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.FromSeconds(0.7), TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(world.Stash.Log, line => line.Level is "error" or "warning");
    }

    /// <summary>A service that a busy machine kept from answering a hook in time hears of it at the next edit.</summary>
    private static async Task TagUntilHeardAsync(World world, int scene, int tag)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            await TagAsync(world, scene, tag, "ADD");
            for (var look = 0; look < 30; look++)
            {
                if (world.Vlm.Log.Requests > 0)
                {
                    return;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }

            await TagAsync(world, scene, tag, "REMOVE");
        }

        Assert.Fail("The service never answered a hook within its second.");
    }

    private static async Task InstallAsync(World world)
    {
        await world.InstallAsync();
        await world.InstallAsync("havenvlm-hooks");
    }

    private static Task TagAsync(World world, int scene, int tag, string mode) =>
        world.AskStashAsync(
            $$"""mutation { bulkSceneUpdate(input: { ids: ["{{scene}}"], tag_ids: { ids: ["{{tag}}"], mode: {{mode}} } }) { id } }"""
        );
}
