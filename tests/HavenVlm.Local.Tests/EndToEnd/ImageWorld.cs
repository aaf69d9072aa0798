using System.Globalization;
using System.Text.Json;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>A user's world with images in it.</summary>
internal sealed class ImageWorld : IAsyncDisposable
{
    private readonly Dictionary<int, SampleImage> _images = [];

    private ImageWorld(World world)
    {
        World = world;
        Directory.CreateDirectory(PathOf("pictures"));
        Samples = new SampleImages(PathOf("pictures"));
    }

    public World World { get; }

    public SampleImages Samples { get; }

    public StashLibrary Library => World.Stash.Library;

    public SimulatedVlm Vlm => World.Vlm;

    public int TagMe => Library.EnsureTag("VLM_TagMe").Id;

    public static async Task<ImageWorld> CreateAsync(
        VideosFixture fixture,
        StashVersion version = StashVersion.New2026,
        VlmBehavior? behavior = null
    ) => new(await World.CreateAsync(fixture, version, behavior));

    public string PathOf(string name) => Path.Combine(World.Folder, name);

    /// <summary>Still pictures, one for each set of tags (names separated by commas).</summary>
    public async Task<IReadOnlyList<int>> AddAsync(string extension, params IReadOnlyList<string> tags)
    {
        var images = await Samples.DrawAsync(extension, [.. tags.Select(each => each.Split(',', StringSplitOptions.RemoveEmptyEntries))]);
        return [.. images.Select(image => Add(image))];
    }

    public int Add(SampleImage image, string? stashPath = null)
    {
        var id = Library.AddImage(null, image.ToFile(stashPath)).Id;
        _images.Add(id, image);
        return id;
    }

    /// <summary>A file that is no image, whatever it is called.</summary>
    public async Task<int> AddBrokenAsync()
    {
        var (good, path) = (
            Assert.Single(
                await Samples.DrawAsync(
                    "png",
                    [
                        ["Waving"],
                    ]
                )
            ),
            PathOf("pictures/broken.png")
        );
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(good.Path))[..50]);
        return Library.AddImage("broken", (good with { Path = path }).ToFile()).Id;
    }

    public IReadOnlyList<string> TagsOf(int image) =>
        [.. Library.Images[image].TagIds.Select(id => Library.Tags[id].Name).Order(StringComparer.Ordinal)];

    /// <summary>That an image has exactly the tags that can be seen in it, VLM_Tagged, and these.</summary>
    public void AssertTrue(int image, params IReadOnlyList<string> others) =>
        Assert.Equal([.. _images[image].Tags.Append("VLM_Tagged").Concat(others).Order(StringComparer.Ordinal)], TagsOf(image));

    /// <summary>Starts a request and follows it to its end.</summary>
    public async Task<JsonElement> TagAsync(string address, object body)
    {
        var started = await World.PostAsync($"{address}/api/images/tag", body);
        return await World.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
    }

    public Task<JsonElement> TagAsync(string address, params IReadOnlyList<int> images) =>
        TagAsync(address, new { imageIds = Ids(images) });

    public static IReadOnlyList<string> Ids(IReadOnlyList<int> images) =>
        [.. images.Select(id => id.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Done, failed and skipped.</summary>
    public static (int Done, int Failed, int Skipped) Counts(JsonElement status)
    {
        Assert.True(status.GetProperty("runtimeStatus").GetString() == "Completed", status.GetRawText());
        var output = status.GetProperty("output");
        return (output.GetProperty("done").GetInt32(), output.GetProperty("failed").GetInt32(), output.GetProperty("skipped").GetInt32());
    }

    /// <summary>What a person sees of the images in Stash.</summary>
    public string Visible() =>
        string.Join('\n', Library.Images.Keys.Select(id => $"{id}: {string.Join(", ", TagsOf(id))}"))
        + string.Join('\n', Library.Tags.Values.Select(tag => tag.Name).Order(StringComparer.Ordinal));

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
