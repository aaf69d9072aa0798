using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>What requests for images survive: killed processes, model servers and Stashes that go away, users who change their minds.</summary>
public sealed class ImageDurabilityTests(VideosFixture videos)
{
    private static readonly VlmBehavior Slow = new()
    {
        Latency = TimeSpan.FromMilliseconds(150),
        Slots = 4,
        WhenFull = WhenFull.Queue,
    };

    [Fact]
    public async Task Killed_in_the_middle_and_started_again_it_ends_as_if_nothing_had_happened()
    {
        await using var undisturbed = await ImageWorld.CreateAsync(videos);
        await AddTaggedAsync(undisturbed, 40);
        await using (var haven = undisturbed.World.Serve())
        {
            await undisturbed.TagAsync(await haven.ListeningAsync(), new { });
        }

        await using var world = await ImageWorld.CreateAsync(videos, behavior: Slow);
        var images = await AddTaggedAsync(world, 40);
        string id;
        await using (var first = world.World.Serve())
        {
            var started = await world.World.PostAsync($"{await first.ListeningAsync()}/api/images/tag", new { });
            id = started.GetProperty("id").GetString()!;
            // In the second chunk: the first one is written, this one is not.
            await World.UntilAsync(() => world.Vlm.Log.Answered >= 18, "18 answers");
            await first.KillAsync();
        }

        await using var second = world.World.Serve();
        var status = await world.World.EndedAsync($"{await second.ListeningAsync()}/api/instances/{id}");

        Assert.Equal((images.Count, 0, 0), ImageWorld.Counts(status));
        Assert.Equal(undisturbed.Visible(), world.Visible());
        Assert.All(images, image => world.AssertTrue(image));
        // Only what was in flight at the kill: in each of the four slots a request, and before it an answer that was just being written.
        Assert.InRange(world.Vlm.Log.AskedAgain().Select(q => q.Stamp).Distinct().Count(), 0, 8);
    }

    [Fact(Explicit = true)]
    public async Task A_model_server_that_goes_away_is_waited_for_and_the_request_tags_stay_meanwhile()
    {
        await using var world = await ImageWorld.CreateAsync(videos, behavior: Slow);
        var images = await AddTaggedAsync(world, 25);
        await using var haven = world.World.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.World.PostAsync($"{address}/api/images/tag", new { });
        var uri = started.GetProperty("statusQueryGetUri").GetString()!;
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 3, "3 answers");

        await world.Vlm.SwitchOffAsync();
        Assert.Contains("pc", await UntilWaitingAsync(world, uri), StringComparison.Ordinal);
        Assert.All(images, image => Assert.Contains("VLM_TagMe", world.TagsOf(image)));
        await world.Vlm.SwitchOnAsync();

        Assert.Equal((images.Count, 0, 0), ImageWorld.Counts(await world.World.EndedAsync(uri)));
        Assert.All(images, image => world.AssertTrue(image));
        Assert.Empty(world.Vlm.Log.AskedAgain());
    }

    [Fact(Explicit = true)]
    public async Task After_giveUpAfter_the_images_fail_with_the_reason_and_leave_the_queue()
    {
        await using var world = await ImageWorld.CreateAsync(videos);
        await world.World.ConfigureAsync(vlmExtra: "  giveUpAfter: 1s");
        var images = await AddTaggedAsync(world, 25);
        await world.Vlm.SwitchOffAsync();
        string id;
        await using (var haven = world.World.Serve())
        {
            var status = await world.TagAsync(await haven.ListeningAsync(), images);
            Assert.Equal("Failed", status.GetProperty("runtimeStatus").GetString());
            Assert.Contains("vlm.giveUpAfter", status.GetProperty("output").GetString(), StringComparison.Ordinal);
            id = status.GetProperty("instanceId").GetString()!;
        }

        Assert.All(images, image => Assert.Equal(["VLM_Errored"], world.TagsOf(image)));
        await world.Vlm.SwitchOnAsync();

        // A new process knows nothing of the outage: one that does looks for the server again after a second or two, which is too late here.
        await using var next = world.World.Serve();
        var address = await next.ListeningAsync();
        await world.World.PostAsync($"{address}/api/instances/{id}/retry", new { });
        Assert.Equal((images.Count, 0, 0), ImageWorld.Counts(await world.World.EndedAsync($"{address}/api/instances/{id}")));
        Assert.All(images, image => world.AssertTrue(image));
    }

    [Fact(Explicit = true)]
    public async Task A_request_of_more_steps_than_one_history_holds_goes_on_in_the_next()
    {
        await using var world = await ImageWorld.CreateAsync(videos);
        var images = await AddTaggedAsync(world, 43, batchSize: 1);

        var (code, output) = await world.World.RunAsync("sweep");

        Assert.True(code == 0, output);
        Assert.Contains("Images: 43 done, 0 failed, 0 skipped.", output, StringComparison.Ordinal);
        Assert.All(images, image => world.AssertTrue(image));
        Assert.Empty(world.Vlm.Log.AskedAgain());
    }

    [Fact(Explicit = true)]
    public async Task A_Stash_that_goes_away_is_waited_for_and_the_answers_are_kept()
    {
        await using var world = await ImageWorld.CreateAsync(videos, behavior: Slow);
        var images = await AddTaggedAsync(world, 25);
        await using var haven = world.World.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.World.PostAsync($"{address}/api/images/tag", new { });
        var uri = started.GetProperty("statusQueryGetUri").GetString()!;
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 3, "3 answers");

        await world.World.Stash.StopAsync();
        Assert.Contains("Stash", await UntilWaitingAsync(world, uri), StringComparison.Ordinal);
        await world.World.Stash.StartAgainAsync();

        Assert.Equal((images.Count, 0, 0), ImageWorld.Counts(await world.World.EndedAsync(uri)));
        Assert.All(images, image => world.AssertTrue(image));
        Assert.Empty(world.Vlm.Log.AskedAgain());
    }

    [Fact(Explicit = true)]
    public async Task A_terminated_request_stops_within_five_seconds_and_what_it_had_not_done_loses_its_request_tag()
    {
        await using var world = await ImageWorld.CreateAsync(videos, behavior: Slow with { Latency = TimeSpan.FromMilliseconds(400) });
        var images = await AddTaggedAsync(world, 60);
        var gallery = world.Library.AddGallery("The gallery", images[^1]);
        world.Library.TagGallery(gallery.Id, world.TagMe);
        await using var haven = world.World.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.World.PostAsync($"{address}/api/images/tag", new { });
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 2, "2 answers");

        await world.World.PostAsync($"{started.GetProperty("terminatePostUri").GetString()}?reason=enough", new { });
        await Task.Delay(TimeSpan.FromSeconds(5));
        var asked = world.Vlm.Log.Requests;
        await World.UntilAsync(
            () => images.All(image => world.TagsOf(image).Count == 0) && world.Library.Galleries[gallery.Id].TagIds.IsEmpty,
            "the request tags taken off"
        );

        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal(asked, world.Vlm.Log.Requests);
    }

    [Fact(Explicit = true)]
    public async Task A_suspended_request_asks_nothing_and_writes_nothing_until_it_is_resumed()
    {
        await using var world = await ImageWorld.CreateAsync(videos, behavior: Slow);
        var images = await AddTaggedAsync(world, 60);
        await using var haven = world.World.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.World.PostAsync($"{address}/api/images/tag", new { });
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 2, "2 answers");

        await world.World.PostAsync(started.GetProperty("suspendPostUri").GetString()!, new { });
        await Task.Delay(TimeSpan.FromSeconds(5));
        var (asked, visible) = (world.Vlm.Log.Requests, world.Visible());
        await Task.Delay(TimeSpan.FromSeconds(1));
        Assert.Equal((asked, visible), (world.Vlm.Log.Requests, world.Visible()));
        Assert.InRange(asked, 2, images.Count - 1);
        await world.World.PostAsync(started.GetProperty("resumePostUri").GetString()!, new { });

        var status = await world.World.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        Assert.Equal((images.Count, 0, 0), ImageWorld.Counts(status));
        Assert.Empty(world.Vlm.Log.AskedAgain());
    }

    [Fact(Explicit = true)]
    public async Task Images_do_not_keep_a_scene_waiting_nor_the_scene_the_images()
    {
        await using var world = await ImageWorld.CreateAsync(videos, behavior: Slow with { Slots = 2 });
        await AddTaggedAsync(world, 80);
        var scene = await world.World.AddSceneAsync("phone", tagMe: true);
        await using var haven = world.World.Serve();
        var address = await haven.ListeningAsync();
        var images = await world.World.PostAsync($"{address}/api/images/tag", new { });
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 4, "4 answers");
        var answered = world.Vlm.Log.Answered;

        var started = await world.World.PostAsync($"{address}/api/scenes/tag", new { });
        await world.World.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);

        var status = await world.World.GetAsync(images.GetProperty("statusQueryGetUri").GetString()!);
        Assert.Equal("Running", status.GetProperty("runtimeStatus").GetString());
        var stamps = world.Vlm.Log.Exchanges.Skip(answered).SelectMany(e => e.Pictures).Select(p => p.Stamp!.Value.Video).ToList();
        Assert.Contains(SampleImages.StampNumber, stamps[..^4]);
        world.World.AssertMarkersAreTrue(scene.Id, "phone");
    }

    private static async Task<IReadOnlyList<int>> AddTaggedAsync(ImageWorld world, int count, int batchSize = 10)
    {
        string[] acts = ["Kissing", "Waving", "Hugging,Dancing", ""];
        var images = await world.AddAsync("jpg", [.. Enumerable.Range(0, count).Select(i => acts[i % acts.Length])]);
        foreach (var image in images)
        {
            world.Library.TagImage(image, world.TagMe);
        }

        var yaml = await File.ReadAllTextAsync(world.PathOf("haven.yaml"));
        await File.WriteAllTextAsync(world.PathOf("haven.yaml"), yaml + $"\nimages: {{ batchSize: {batchSize} }}\n");
        return images;
    }

    /// <summary>Until the status says that it waits; what it says.</summary>
    private static async Task<string> UntilWaitingAsync(ImageWorld world, string uri)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        while (true)
        {
            var status = (await world.World.GetAsync(uri)).GetRawText();
            if (status.Contains("\"waiting\"", StringComparison.Ordinal))
            {
                return status;
            }

            await Task.Delay(200, deadline.Token);
        }
    }
}
