using System.Globalization;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>A library's worth of images in one request.</summary>
public sealed class ManyImagesTests(VideosFixture videos)
{
    // Each image is really decoded, by an ffmpeg of its own; HAVEN_TEST_IMAGES=1000 is the long form.
    private static readonly int Images = int.Parse(
        Environment.GetEnvironmentVariable("HAVEN_TEST_IMAGES") ?? "45",
        CultureInfo.InvariantCulture
    );

    private const int BatchSize = 20;

    [Fact]
    public async Task Many_images_take_few_requests_to_Stash_and_memory_stays_flat()
    {
        await using var world = await ImageWorld.CreateAsync(videos);
        world.World.Tags.RemoveAll(tag => tag is not "Waving");
        await world.World.ConfigureAsync(extra: $"images: {{ batchSize: {BatchSize} }}");
        var images = await world.AddAsync("jpg", [.. Enumerable.Range(0, Images).Select(i => i % 3 == 0 ? "Waving" : "")]);
        foreach (var image in images)
        {
            world.Library.TagImage(image, world.TagMe);
        }

        world.World.Stash.Requests.Clear();
        await using var haven = world.World.Serve();
        var address = await haven.ListeningAsync();
        var started = await world.World.PostAsync($"{address}/api/images/tag", new { });
        var uri = started.GetProperty("statusQueryGetUri").GetString()!;
        var memory = new List<long>();
        while ((await world.World.GetAsync(uri)).GetProperty("runtimeStatus").GetString() is "Pending" or "Running")
        {
            memory.Add(ResidentBytes(haven.Id));
            await Task.Delay(250);
        }

        Assert.Equal((Images, 0, 0), ImageWorld.Counts(await world.World.EndedAsync(uri)));
        Assert.All(images, image => world.AssertTrue(image));
        Assert.Equal(Images, world.Vlm.Log.Requests);
        // Five for each chunk, and some for the tag family, the list and the schema.
        var requests = world.World.Stash.Requests.All.Count;
        Assert.InRange(requests, 1, (((Images + BatchSize - 1) / BatchSize) * 5) + (Images / 1000) + 15);
        var half = memory.Take(Math.Max(1, memory.Count / 2)).Max();
        Assert.True(memory[^1] < (half * 1.25) + 30_000_000, $"grew from {half:N0} to {memory[^1]:N0} bytes");
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{requests} requests to Stash, memory {memory.Max() / 1e6:0} MB at most")
        );
    }

    private static long ResidentBytes(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
