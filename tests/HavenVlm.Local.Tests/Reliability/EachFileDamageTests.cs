using HavenVlm.Local.Tests.EndToEnd;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>
/// Every single file that the program leaves in its data folder, flipped, cut, emptied and garbled, one at a time: the program starts and works
/// on, or ends with the file's name; it says what it set aside, writes nothing wrong and pays for nothing that is still there.
/// </summary>
public sealed class EachFileDamageTests(VideosFixture videos, ITestOutputHelper output)
{
    private const int Plan = 15;

    [Theory(Explicit = true)]
    [InlineData("flip")]
    [InlineData("cut")]
    [InlineData("empty")]
    [InlineData("garble")]
    public async Task Is_met_without_loss_and_without_spending(string damage)
    {
        await using var world = await World.CreateAsync(videos);
        await world.ConfigureAsync(extra: "video: { sampling: linear, reuseStill: false }");
        var scene = (await world.AddSceneAsync("phone")).Id;
        var own = world.Stash.Library.AddTag("Holiday");
        world.Stash.Library.TagScene(scene, own.Id);
        var mine = world.Stash.Library.AddMarker(scene, own.Id, 5, title: "mine");
        await UseAsync(world, scene);
        var data = Path.Combine(world.Folder, "data");
        var whole = Path.Combine(world.Folder, "whole");
        Directory.Move(data, whole);

        var files = Directory.GetFiles(whole, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        Assert.Contains(files, file => file.EndsWith("engine.db", StringComparison.Ordinal));
        Assert.Contains(files, file => file.EndsWith(".gz", StringComparison.Ordinal));
        foreach (var name in files.Select(file => Path.GetRelativePath(whole, file)))
        {
            await CopyAsync(whole, data);
            await FileDamage.DoAsync(Path.Combine(data, name), damage);
            var asked = world.Vlm.Log.Requests;

            var said = await StartAndRebuildAsync(world, scene, name);

            output.WriteLine($"{name}: {world.Vlm.Log.Requests - asked} requests; {said}");
            Assert.InRange(world.Vlm.Log.Requests - asked, 0, name.Contains(".jsonl", StringComparison.Ordinal) ? Plan : 0);
            Assert.Equal(mine, world.Stash.Library.Markers[mine.Id]);
            Assert.Contains("Holiday", world.Stash.Library.TagNamesOf(scene));
            world.Stash.Library.DeleteMarker(mine.Id);
            world.AssertMarkersAreTrue(scene, "phone");
            mine = world.Stash.Library.AddMarker(scene, own.Id, 5, title: "mine");
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>One of each kind of work, so that each kind of file is there.</summary>
    private static async Task UseAsync(World world, int scene)
    {
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await world.PostAsync($"{address}/api/endpoints/pc/pause", new { }, System.Net.HttpStatusCode.NoContent);
        await world.PostAsync($"{address}/api/endpoints/pc/resume", new { }, System.Net.HttpStatusCode.NoContent);
        await TaggingTests.TagAsync(world, address, scene);
        foreach (var (path, body) in new (string, object)[] { ("sweep", new { }), ("undo", new { all = true, dryRun = true }) })
        {
            var started = await world.PostAsync($"{address}/api/{path}", body);
            await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        }

        await haven.SignalAsync("TERM");
        Assert.Equal(0, await haven.ExitAsync());
    }

    /// <summary>Starts the program and has the scene's markers built again; what it said about damage.</summary>
    private static async Task<string> StartAndRebuildAsync(World world, int scene, string name)
    {
        await using var haven = world.Serve();
        if (await haven.ListeningOrExitAsync() is not { } address)
        {
            Assert.Contains(Path.GetFileName(name), haven.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", haven.Output, StringComparison.Ordinal);
            return "does not start: " + haven.Output.ReplaceLineEndings(" ");
        }

        var started = await world.PostAsync($"{address}/api/scenes/update", new { sceneIds = new[] { $"{scene}" } });
        var status = await world.EndedAsync(started.GetProperty("statusQueryGetUri").GetString()!);
        Assert.True(status.GetProperty("output").GetProperty("done").GetInt32() == 1, $"{name}: {status}");
        var damaged = (await world.GetAsync($"{address}/api/status")).GetProperty("damaged");
        await haven.SignalAsync("TERM");
        Assert.Equal(0, await haven.ExitAsync());
        if (name is "engine.db")
        {
            Assert.Contains("engine.db was empty", haven.Output, StringComparison.Ordinal);
        }

        // What was set aside is said, whatever it was.
        var aside = Directory.GetFiles(Path.Combine(world.Folder, "data"), "*.damaged*", SearchOption.AllDirectories);
        Assert.All(aside, file => Assert.Contains(Path.GetFileName(file), haven.Output, StringComparison.Ordinal));
        return $"{damaged.GetArrayLength()} reported, {aside.Length} set aside";
    }

    private static async Task CopyAsync(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await using var source = File.OpenRead(file);
            await using var copy = File.Create(target);
            await source.CopyToAsync(copy);
        }
    }
}
