using HavenVlm.Core.Storage;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Sweeping;
using HavenVlm.Simulation.Vlm;
using HavenVlm.Tests.Engine;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>Sweeps: what they start, and what they leave alone.</summary>
public sealed class SweepTests(VideosFixture videos)
{
    private static readonly VlmBehavior Slow = new()
    {
        Latency = TimeSpan.FromMilliseconds(500),
        Slots = 4,
        WhenFull = WhenFull.Queue,
    };

    [Fact]
    public async Task A_new_request_tag_is_served_while_earlier_scenes_are_suspended()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        await using var haven = await InProcessHaven.StartAsync(world);
        var held = await world.AddSceneAsync("long-gop", tagMe: true);
        Assert.True(await haven.Sweeps.WatchAsync(CancellationToken.None));
        var first = Assert.Single((await haven.OutputAsync<SweepOutput>("sweep")).Requests);
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 1, "an answer");
        Assert.True(await haven.Control.SuspendAsync($"scene-{held.Id}", "gaming", CancellationToken.None));

        // The scene keeps its tag and its request: looking again and again starts nothing.
        for (var look = 0; look < 3; look++)
        {
            Assert.False(await haven.Sweeps.WatchAsync(CancellationToken.None));
            await haven.Sweeps.StartAsync(CancellationToken.None);
            Assert.Equal([first], (await haven.OutputAsync<SweepOutput>("sweep")).Requests);
        }

        world.Vlm.Behavior = new VlmBehavior();
        var wanted = await world.AddSceneAsync("phone", tagMe: true);
        Assert.True(await haven.Sweeps.WatchAsync(CancellationToken.None));
        var requests = (await haven.OutputAsync<SweepOutput>("sweep")).Requests;
        Assert.Equal(2, requests.Count);
        await haven.EndedAsync(Assert.Single(requests, request => request != first));

        world.AssertMarkersAreTrue(wanted.Id, "phone");
        Assert.Equal(2, (await haven.InstancesAsync(WorkflowNames.RequestPrefix)).Count);
        await haven.Control.ResumeAsync($"scene-{held.Id}", "", CancellationToken.None);
        await haven.EndedAsync(first);
        world.AssertMarkersAreTrue(held.Id, "long-gop");
        Assert.Empty(world.Vlm.Log.AskedAgain());
    }

    [Fact(Explicit = true)]
    public async Task A_scene_tagged_again_after_it_was_done_is_served_although_its_first_request_still_runs()
    {
        await using var world = await World.CreateAsync(videos);
        await using var haven = await InProcessHaven.StartAsync(world);
        var done = await world.AddSceneAsync("phone", tagMe: true);
        world.Vlm.Behavior = Slow;
        var slow = await world.AddSceneAsync("long-gop", tagMe: true);
        await haven.Sweeps.StartAsync(CancellationToken.None);
        var first = Assert.Single((await haven.OutputAsync<SweepOutput>("sweep")).Requests);
        await haven.EndedAsync($"scene-{done.Id}");
        await haven.Control.SuspendAsync($"scene-{slow.Id}", "gaming", CancellationToken.None);

        world.Stash.Library.TagScene(done.Id, world.Stash.Library.FindTag("VLM_UpdateMe")!.Id);
        await InProcessHaven.UntilAsync(
            async () => await haven.Sweeps.WatchAsync(CancellationToken.None),
            () => "a sweep for the scene that was tagged again"
        );
        var second = Assert.Single((await haven.OutputAsync<SweepOutput>("sweep")).Requests, request => request != first);
        await haven.EndedAsync(second);

        Assert.DoesNotContain("VLM_UpdateMe", world.Stash.Library.TagNamesOf(done.Id));
        Assert.False((await haven.Client.GetAsync(first, withInput: false, CancellationToken.None))!.HasEnded);
    }

    [Fact]
    public async Task Images_and_galleries_in_a_request_that_runs_are_not_put_into_another()
    {
        await using var world = await ImageWorld.CreateAsync(videos, behavior: Slow);
        await world.World.ConfigureAsync(extra: "images: { batchSize: 1 }");
        await using var haven = await InProcessHaven.StartAsync(world.World);
        var images = await world.AddAsync("jpg", "Kissing", "Waving", "Hugging");
        var gallery = world.Library.AddGallery("The gallery", images[1]);
        world.Library.TagImage(images[0], world.TagMe);
        world.Library.TagGallery(gallery.Id, world.TagMe);
        await haven.Sweeps.StartAsync(CancellationToken.None);
        var first = Assert.Single((await haven.OutputAsync<SweepOutput>("sweep")).Requests);
        // A request that was suspended before it took its list holds nothing yet.
        await World.UntilAsync(() => world.Vlm.Log.Requests >= 1, "a request that has its list");
        await haven.Control.SuspendAsync(first, "gaming", CancellationToken.None);

        Assert.False(await haven.Sweeps.WatchAsync(CancellationToken.None));
        world.Library.TagImage(images[2], world.TagMe);
        Assert.True(await haven.Sweeps.WatchAsync(CancellationToken.None));
        var second = Assert.Single((await haven.OutputAsync<SweepOutput>("sweep")).Requests);
        Assert.NotEqual(first, second);
        await haven.EndedAsync(second);

        world.AssertTrue(images[2]);
        Assert.Contains("VLM_TagMe", world.TagsOf(images[0]));
        await haven.Control.ResumeAsync(first, "", CancellationToken.None);
        await haven.EndedAsync(first);
        world.AssertTrue(images[0]);
        world.AssertTrue(images[1]);
        Assert.Empty(world.Library.Galleries[gallery.Id].TagIds);
        Assert.Equal(2, (await haven.InstancesAsync(WorkflowNames.ImagesPrefix)).Count);
    }

    [Fact(Explicit = true)]
    public async Task No_wake_up_is_lost_however_it_falls_into_the_end_of_a_sweep()
    {
        await using var world = await World.CreateAsync(videos);
        await using var haven = await InProcessHaven.StartAsync(world);
        var mark = haven.Get<SweepMark>();

        for (var round = 0; round < 40; round++)
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, 4)
                    .Select(async n =>
                    {
                        await Task.Delay(TimeSpan.FromMilliseconds(n * round % 37));
                        await haven.Sweeps.StartAsync(CancellationToken.None);
                    })
            );
            await haven.EndedAsync(WorkflowNames.SweepInstance);
            Assert.False(await mark.IsSetAsync(CancellationToken.None), $"round {round}");
        }
    }

    [Fact]
    public async Task A_wake_up_that_joins_an_ending_sweep_starts_the_next_one()
    {
        await using var harness = new EngineHarness();
        harness.Define<SweepInput, SweepOutput>(
            WorkflowNames.Sweep,
            async (context, _) =>
            {
                await context.CallActivityAsync<string>("Gated", "end");
                return new SweepOutput([]);
            }
        );
        await harness.StartAsync();
        var mark = new SweepMark(new FileArtifactStore(Path.Combine(harness.Folder, "artifacts")), harness.Engine, TimeProvider.System);
        await mark.SetAsync(CancellationToken.None);
        await harness.Gates.ArrivalAsync("end");
        await mark.TakeAsync(CancellationToken.None);
        Assert.True(await mark.TryEndAsync("run", CancellationToken.None));
        var before = (await harness.Engine.GetAsync("sweep", withInput: false, CancellationToken.None))!;

        var wakeUp = mark.SetAsync(CancellationToken.None);
        Assert.True(await mark.TryEndAsync("run", CancellationToken.None));
        harness.Gates.Open("end");
        await wakeUp;

        await harness.UntilAsync(instance => instance.CreatedTime > before.CreatedTime, "sweep");
        Assert.True(await mark.IsSetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_wake_up_before_a_sweep_decides_to_end_makes_it_look_once_more()
    {
        using var folder = new TempFolder();
        await using var harness = new EngineHarness();
        harness.Define<SweepInput, SweepOutput>(
            WorkflowNames.Sweep,
            async (context, _) =>
            {
                await context.CallActivityAsync<string>("Gated", "end");
                return new SweepOutput([]);
            }
        );
        await harness.StartAsync();
        var mark = new SweepMark(new FileArtifactStore(folder.Path), harness.Engine, TimeProvider.System);
        await mark.SetAsync(CancellationToken.None);
        await mark.TakeAsync(CancellationToken.None);

        await mark.SetAsync(CancellationToken.None);

        Assert.False(await mark.TryEndAsync("run", CancellationToken.None));
        Assert.True(await mark.IsSetAsync(CancellationToken.None));
    }
}
