using System.Text.Json;
using HavenVlm.Simulation.Stash;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>Images that are wrong, and undo with images.</summary>
public sealed class ImageCollectTests(VideosFixture videos)
{
    [Theory]
    [InlineData(StashVersion.Old2023, Explicit = true)]
    [InlineData(StashVersion.New2026)]
    public async Task Marked_images_are_copied_and_lose_the_mark_and_undo_leaves_Stash_as_it_was(StashVersion version)
    {
        await using var world = await ImageWorld.CreateAsync(videos, version);
        var images = await world.AddAsync("png", "Kissing", "Waving,Hugging", "Dancing");
        world.Library.TagImage(images[0], world.Library.AddTag("Holiday").Id);
        var before = world.Library.Snapshot();
        Assert.Equal(0, (await world.World.RunAsync(["images", .. images.SelectMany(id => new[] { "--image", $"{id}" })])).Code);
        var tagged = world.Library.Snapshot();
        world.Library.TagImage(images[0], world.Library.FindTag("VLM_Incorrect")!.Id);
        world.Library.TagImage(images[1], world.Library.FindTag("VLM_Incorrect")!.Id);

        var (code, output) = await world.World.RunAsync("collect");

        Assert.True(code == 0, output);
        Assert.Equal(tagged, world.Library.Snapshot());
        var folder = Assert.Single(Directory.GetDirectories(world.PathOf("output_data")));
        var entries = Lines(folder, "manifest.jsonl");
        Assert.Equal(["image", "image"], entries.Select(entry => entry.GetProperty("kind").GetString()));
        Assert.Equal(
            ["Holiday", "Kissing"],
            Names(entries[0].GetProperty("tags")).Where(name => !name.StartsWith("VLM", StringComparison.Ordinal)).Order()
        );
        Assert.Equal(["Kissing"], Names(entries[0].GetProperty("ourTags")));
        Assert.Equal(
            await File.ReadAllBytesAsync(world.Library.Images[images[0]].Files[0].Path),
            await File.ReadAllBytesAsync(Path.Combine(folder, "images", $"{images[0]}.png"))
        );
        // Of two tags nobody knows which one is wrong.
        var example = Assert.Single(Lines(folder, "finetune.jsonl"));
        Assert.Equal(["Kissing"], Names(example.GetProperty("wrong")));
        Assert.Empty(Names(example.GetProperty("corrected")));

        (code, output) = await world.World.RunAsync("undo", "--all");
        Assert.True(code == 0, output);
        Assert.Equal(before, world.Library.Snapshot());
        Assert.Empty(world.World.Stash.Requests.NotSimulated);
    }

    private static List<string> Names(JsonElement list) => [.. list.EnumerateArray().Select(name => name.GetString()!)];

    private static List<JsonElement> Lines(string folder, string file) =>
        [.. File.ReadAllLines(Path.Combine(folder, file)).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
}
