using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>Images and galleries against the real program.</summary>
public sealed class ImageTests(VideosFixture videos)
{
    [Theory]
    [InlineData(StashVersion.Old2023, Explicit = true)]
    [InlineData(StashVersion.New2026)]
    public async Task Tagged_images_and_those_in_tagged_galleries_get_true_tags_and_everything_of_the_users_stays(StashVersion version)
    {
        await using var world = await ImageWorld.CreateAsync(videos, version);
        var library = world.Library;
        var jpegs = await world.AddAsync("jpg", "Kissing", "", "Waving,Hugging");
        var png = Assert.Single(await world.AddAsync("png", "Dancing"));
        var gif = world.Add(await world.Samples.DrawMovingAsync("gif", 6, "Jumping"));
        var clip = world.Add(await world.Samples.DrawMovingAsync("mp4", 6, "Reading"));
        var zipped = world.Add(
            Assert.Single(
                await world.Samples.DrawAsync(
                    "webp",
                    [
                        ["Sleeping"],
                    ]
                )
            ),
            world.PathOf("pictures/holiday.zip/inner/a.webp")
        );
        var untouched = Assert.Single(await world.AddAsync("jpg", "Kissing"));
        var broken = await world.AddBrokenAsync();
        var holiday = library.AddTag("Holiday");
        library.TagImage(jpegs[0], holiday.Id, world.TagMe);
        library.TagImage(jpegs[1], holiday.Id, library.EnsureTag("Kissing").Id, world.TagMe);
        library.TagImage(png, world.TagMe, library.EnsureTag("VLM_UpdateMe").Id);
        library.TagImage(broken, world.TagMe);
        var gallery = library.AddGallery("The gallery", jpegs[2], gif, clip, zipped);
        library.TagGallery(gallery.Id, world.TagMe, holiday.Id);
        await using var haven = world.World.Serve();
        var address = await haven.ListeningAsync();

        var status = await world.TagAsync(address, new { });

        Assert.Equal((7, 1, 0), ImageWorld.Counts(status));
        var failure = Assert.Single(status.GetProperty("output").GetProperty("failures").EnumerateArray());
        Assert.Equal($"{broken}", failure.GetProperty("imageId").GetString());
        Assert.Contains("PNG", failure.GetProperty("reason").GetString(), StringComparison.Ordinal);
        world.AssertTrue(jpegs[0], "Holiday");
        // The user's own tag stays, whatever the model sees.
        world.AssertTrue(jpegs[1], "Holiday", "Kissing");
        foreach (var image in (int[])[jpegs[2], png, gif, clip, zipped])
        {
            world.AssertTrue(image);
        }

        Assert.Equal(["VLM_Errored"], world.TagsOf(broken));
        Assert.Empty(world.TagsOf(untouched));
        Assert.Equal([holiday.Id], library.Galleries[gallery.Id].TagIds);
        Assert.Contains(library.FindTag("VLM")!.Id, library.FindTag("Waving")!.ParentIds);
        Assert.Empty(world.World.Stash.Requests.NotSimulated);
        Assert.Empty(world.Vlm.Log.AskedAgain());

        var before = library.Snapshot(withTimes: true);
        var asked = world.Vlm.Log.Requests;
        world.World.Stash.Requests.Clear();
        Assert.Equal((7, 0, 0), ImageWorld.Counts(await world.TagAsync(address, [.. jpegs, png, gif, clip, zipped])));
        Assert.Equal(0, world.World.Stash.Requests.MutationCount);
        Assert.Equal(asked, world.Vlm.Log.Requests);
        Assert.Equal(before, library.Snapshot(withTimes: true));
    }

    [Fact]
    public async Task A_new_tag_asks_for_itself_alone_and_force_asks_everything_again()
    {
        await using var world = await ImageWorld.CreateAsync(videos);
        var images = await world.AddAsync("jpg", "Kissing,Waving", "Waving");
        world.World.Tags.RemoveAll(tag => tag is not "Kissing");
        await world.World.ConfigureAsync();
        var (code, output) = await world.World.RunAsync("images", "--image", $"{images[0]}", "--image", $"{images[1]}");
        Assert.True(code == 0, output);
        Assert.Contains("Images: 2 done", output, StringComparison.Ordinal);
        Assert.Equal(["Kissing", "VLM_Tagged"], world.TagsOf(images[0]));

        world.World.Tags.Add("Waving");
        await world.World.ConfigureAsync();
        (code, output) = await world.World.RunAsync("images", "--image", $"{images[0]}", "--image", $"{images[1]}");

        Assert.True(code == 0, output);
        world.AssertTrue(images[0]);
        world.AssertTrue(images[1]);
        Assert.Empty(world.Vlm.Log.AskedAgain());
        Assert.Equal(4, world.Vlm.Log.Requests);
        (code, output) = await world.World.RunAsync("images", "--image", $"{images[0]}", "--force");
        Assert.True(code == 0, output);
        Assert.Equal(5, world.Vlm.Log.Requests);
        Assert.Equal(2, world.Vlm.Log.AskedAgain().Count);
        (code, output) = await world.World.RunAsync("images", "--image", $"{images[0]}");
        Assert.True(code == 0, output);
        Assert.Equal(5, world.Vlm.Log.Requests);
    }

    [Fact]
    public async Task A_tag_that_the_user_took_off_is_not_written_again_unless_it_is_reset_and_what_no_longer_holds_is_taken_off()
    {
        await using var world = await ImageWorld.CreateAsync(videos);
        var image = Assert.Single(await world.AddAsync("jpg", "Kissing,Waving"));
        await using var haven = world.World.Serve();
        var address = await haven.ListeningAsync();
        await world.TagAsync(address, image);
        world.AssertTrue(image);
        var waving = world.Library.FindTag("Waving")!.Id;
        world.Library.UntagImage(image, waving);

        await world.TagAsync(address, new { imageIds = ImageWorld.Ids([image]), force = true });
        Assert.Equal(["Kissing", "VLM_Tagged"], world.TagsOf(image));
        await world.TagAsync(address, new { imageIds = ImageWorld.Ids([image]), reset = true });
        world.AssertTrue(image);

        world.World.Tags.Remove("Kissing");
        await world.World.ConfigureAsync();
        await World.UntilAsync(() => haven.Output.Contains("onfiguration", StringComparison.Ordinal), "the new configuration");
        await world.TagAsync(address, image);
        Assert.Equal(["VLM_Tagged", "Waving"], world.TagsOf(image));
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_written_and_writes_nothing()
    {
        await using var world = await ImageWorld.CreateAsync(videos);
        var images = await world.AddAsync("jpg", "Kissing", "Waving");
        var before = world.Library.Snapshot(withTimes: true);

        var (code, output) = await world.World.RunAsync("images", "--image", $"{images[0]}", "--image", $"{images[1]}", "--dry-run");

        Assert.True(code == 0, output);
        Assert.Contains($"image {images[0]}: add tag Kissing", output, StringComparison.Ordinal);
        Assert.Contains($"image {images[1]}: add tag VLM_Tagged", output, StringComparison.Ordinal);
        Assert.Equal(before, world.Library.Snapshot(withTimes: true));
    }

    [Fact]
    public async Task Images_that_are_not_there_and_ids_that_are_none_are_named()
    {
        await using var world = await ImageWorld.CreateAsync(videos);
        var image = Assert.Single(await world.AddAsync("jpg", "Kissing"));

        var (code, output) = await world.World.RunAsync("images", "--image", $"{image}", "--image", "999");
        Assert.Equal(1, code);
        Assert.Contains("Image 999 failed: Stash has no such image.", output, StringComparison.Ordinal);
        world.AssertTrue(image);
        (code, output) = await world.World.RunAsync("images", "--image", "x");
        Assert.Equal(2, code);
        Assert.Contains("whole numbers", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_exclusive_category_an_image_gets_one_tag_and_a_tag_can_have_another_name_in_Stash()
    {
        await using var world = await ImageWorld.CreateAsync(videos);
        var image = Assert.Single(await world.AddAsync("jpg", "Kissing,Waving"));
        var configuration = await File.ReadAllTextAsync(world.PathOf("haven.yaml"));
        await File.WriteAllTextAsync(
            world.PathOf("haven.yaml"),
            configuration
                .Replace("  Kissing: {", "  Kissing: { category: acts, rename: Smooch,", StringComparison.Ordinal)
                .Replace("  Waving: {", "  Waving: { category: acts,", StringComparison.Ordinal)
                + "\ncategories: { acts: { exclusive: true } }\n"
        );

        var (code, output) = await world.World.RunAsync("images", "--image", $"{image}");

        Assert.True(code == 0, output);
        var tag = Assert.Single(world.TagsOf(image), name => name is not "VLM_Tagged");
        Assert.Contains(tag, (string[])["Smooch", "Waving"]);
    }

    [Fact]
    public async Task Pictures_of_several_images_go_into_one_request_and_what_gets_no_usable_answer_fails()
    {
        await using var world = await ImageWorld.CreateAsync(videos);
        await world.World.ConfigureAsync(vlmExtra: "  framesPerRequest: 4");
        var images = await world.AddAsync("jpg", [.. Enumerable.Range(0, 16).Select(i => i % 2 == 0 ? "Waving" : "Kissing")]);
        await using var haven = world.World.Serve();
        var address = await haven.ListeningAsync();

        Assert.Equal((16, 0, 0), ImageWorld.Counts(await world.TagAsync(address, images)));

        Assert.All(images, image => world.AssertTrue(image));
        Assert.InRange(world.Vlm.Log.Requests, 4, 12);
        Assert.Equal(16, world.Vlm.Log.PicturesAnswered);

        var unanswered = Assert.Single(await world.AddAsync("jpg", "Waving"));
        world.Vlm.Behavior = world.Vlm.Behavior with { Faults = new Dictionary<VlmFault, double> { [VlmFault.Refusal] = 1 } };
        var status = await world.TagAsync(address, unanswered);
        Assert.Equal((0, 1, 0), ImageWorld.Counts(status));
        Assert.Equal(["VLM_Errored"], world.TagsOf(unanswered));
        Assert.Contains("stayed unanswered", status.GetProperty("output").GetRawText(), StringComparison.Ordinal);
        world.Vlm.Behavior = world.Vlm.Behavior with { Faults = new Dictionary<VlmFault, double>() };
        await world.TagAsync(address, unanswered);
        world.AssertTrue(unanswered);
    }

    [Fact]
    public async Task A_server_that_watches_finds_images_and_galleries_by_itself()
    {
        await using var world = await ImageWorld.CreateAsync(videos);
        world.World.Sweep = "sweep: { watch: 1s }";
        await world.World.ConfigureAsync();
        var images = await world.AddAsync("jpg", "Kissing", "Waving");
        var gallery = world.Library.AddGallery("The gallery", images[1]);
        await using var haven = world.World.Serve();
        await haven.ListeningAsync();
        world.Library.TagImage(images[0], world.TagMe);
        world.Library.TagGallery(gallery.Id, world.TagMe);

        await World.UntilAsync(() => world.Library.Galleries[gallery.Id].TagIds.IsEmpty, "the gallery's tag taken off");

        world.AssertTrue(images[0]);
        world.AssertTrue(images[1]);
    }
}
