using HavenVlm.Core.Api;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Simulation.Stash.State;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>A request that is started again.</summary>
public sealed class RetryTests(VideosFixture videos)
{
    private static readonly VlmBehavior Slow = new()
    {
        Latency = TimeSpan.FromMilliseconds(500),
        Slots = 4,
        WhenFull = WhenFull.Queue,
    };

    [Fact(Explicit = true)]
    public async Task Failed_scenes_of_a_request_are_started_again_and_the_counts_begin_again()
    {
        await using var world = await World.CreateAsync(videos);
        await using var haven = await InProcessHaven.StartAsync(world);
        var good = await world.AddSceneAsync("phone", tagMe: true);
        var (broken, whole) = await AddBrokenAsync(world, good);
        var request = await haven.SceneRequests.StartAsync(new TagScenesRequest(), update: false, CancellationToken.None);
        var before = await haven.OutputAsync<TagScenesOutput>(request);
        Assert.Equal((1, 1), (before.Done, before.Failed));
        Assert.Contains("VLM_Errored", world.Stash.Library.TagNamesOf(broken.Id));
        var asked = world.Vlm.Log.Requests;
        File.Copy(whole, broken.Files[0].Path, overwrite: true);

        Assert.True(await haven.Retry.RetryAsync(request, "", CancellationToken.None));
        var after = await haven.OutputAsync<TagScenesOutput>(request);

        Assert.Equal((2, 0, 0, 0), (after.Done, after.Failed, after.Skipped, after.Terminated));
        Assert.Empty(after.Failures);
        world.AssertMarkersAreTrue(broken.Id, "phone");
        Assert.DoesNotContain("VLM_Errored", world.Stash.Library.TagNamesOf(broken.Id));
        Assert.InRange(world.Vlm.Log.Requests, asked + 1, asked * 2);
    }

    [Fact]
    public async Task A_terminated_request_begins_its_scenes_again_and_what_is_done_to_it_reaches_them()
    {
        await using var world = await World.CreateAsync(videos, behavior: Slow);
        await world.ConfigureAsync(extra: "concurrency: { scenes: 1 }");
        await using var haven = await InProcessHaven.StartAsync(world);
        var running = await world.AddSceneAsync("long-gop", tagMe: true);
        var waiting = await world.AddSceneAsync("phone", tagMe: true);
        var request = await haven.SceneRequests.StartAsync(new TagScenesRequest(), update: false, CancellationToken.None);
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 1, "an answer");
        await haven.Control.TerminateAsync(request, "enough", CancellationToken.None);
        Assert.Equal(RuntimeStatus.Terminated, (await haven.EndedAsync($"scene-{running.Id}")).RuntimeStatus);
        await haven.EndedAsync($"release-{running.Id}");
        Assert.DoesNotContain("VLM_TagMe", world.Stash.Library.TagNamesOf(running.Id));

        Assert.True(await haven.Retry.RetryAsync(request, "", CancellationToken.None));
        await UntilAsync(haven, $"scene-{running.Id}", RuntimeStatus.Running);
        await haven.Control.SuspendAsync(request, "gaming", CancellationToken.None);
        await UntilAsync(haven, $"scene-{running.Id}", RuntimeStatus.Suspended);
        await haven.Control.ResumeAsync(request, "", CancellationToken.None);
        world.Vlm.Behavior = new VlmBehavior();
        var output = await haven.OutputAsync<TagScenesOutput>(request);

        Assert.Equal((2, 0, 0, 0), (output.Done, output.Failed, output.Skipped, output.Terminated));
        world.AssertMarkersAreTrue(running.Id, "long-gop");
        world.AssertMarkersAreTrue(waiting.Id, "phone");
    }

    [Fact]
    public async Task Failed_images_of_a_request_by_tag_are_started_again_although_their_tag_is_gone()
    {
        await using var world = await ImageWorld.CreateAsync(videos);
        await using var haven = await InProcessHaven.StartAsync(world.World);
        var images = await world.AddAsync("png", "Kissing", "Waving");
        var path = world.Library.Images[images[1]].Files[0].Path;
        var whole = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, new byte[whole.Length]);
        foreach (var image in images)
        {
            world.Library.TagImage(image, world.TagMe);
        }

        var request = await haven.ImageRequests.StartAsync(new TagImagesRequest(), CancellationToken.None);
        var before = await haven.OutputAsync<TagImagesOutput>(request);
        Assert.Equal((1, 1), (before.Done, before.Failed));
        await File.WriteAllBytesAsync(path, whole);

        Assert.True(await haven.Retry.RetryAsync(request, "", CancellationToken.None));
        var after = await haven.OutputAsync<TagImagesOutput>(request);

        Assert.Equal((1, 0, 0), (after.Done, after.Failed, after.Skipped));
        world.AssertTrue(images[1]);
    }

    [Fact]
    public async Task A_terminated_request_for_images_goes_on_with_what_it_had_not_done()
    {
        await using var world = await ImageWorld.CreateAsync(videos, behavior: Slow);
        await world.World.ConfigureAsync(extra: "images: { batchSize: 1 }");
        await using var haven = await InProcessHaven.StartAsync(world.World);
        var images = await world.AddAsync("png", "Kissing", "Waving", "Hugging");
        foreach (var image in images)
        {
            world.Library.TagImage(image, world.TagMe);
        }

        var request = await haven.ImageRequests.StartAsync(new TagImagesRequest(), CancellationToken.None);
        await World.UntilAsync(() => world.TagsOf(images[0]).Contains("VLM_Tagged", StringComparer.Ordinal), "the first image");
        await haven.Control.TerminateAsync(request, "enough", CancellationToken.None);
        await haven.EndedAsync($"release-{request}");
        Assert.DoesNotContain("VLM_TagMe", world.TagsOf(images[2]));

        Assert.True(await haven.Retry.RetryAsync(request, "", CancellationToken.None));
        var output = await haven.OutputAsync<TagImagesOutput>(request);

        Assert.InRange(output.Done, 1, 3);
        Assert.Equal((0, 0), (output.Failed, output.Skipped));
        Assert.All(images, image => world.AssertTrue(image));
    }

    private static Task UntilAsync(InProcessHaven haven, string id, RuntimeStatus status) =>
        InProcessHaven.UntilAsync(
            async () => (await haven.Client.GetAsync(id, withInput: false, CancellationToken.None))?.RuntimeStatus == status,
            () => $"{id} {status}"
        );

    /// <summary>A scene whose file holds nothing but zeros, and where its video is.</summary>
    private static async Task<(StashScene Scene, string Whole)> AddBrokenAsync(World world, StashScene like)
    {
        var whole = like.Files[0].Path;
        var path = Path.Combine(world.Folder, "broken.mp4");
        await File.WriteAllBytesAsync(path, new byte[new FileInfo(whole).Length]);
        var scene = world.Stash.Library.AddScene(
            "Broken",
            like.Files[0] with
            {
                Id = 0,
                Path = path,
                Fingerprints = like.Files[0].Fingerprints.SetItem("oshash", "00000000000000ff"),
            }
        );
        world.Stash.Library.TagScene(scene.Id, world.Stash.Library.EnsureTag("VLM_TagMe").Id);
        return (world.Stash.Library.Scenes[scene.Id], whole);
    }
}
