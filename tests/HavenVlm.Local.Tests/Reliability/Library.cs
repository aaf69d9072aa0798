using System.Globalization;
using System.Text.Json.Nodes;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>How an undisturbed run over the scenes of a library ends, and how often each frame was asked.</summary>
/// <param name="Stash">What a person sees in Stash.</param>
/// <param name="Logs">The analysis of every scene, answer by answer.</param>
/// <param name="Asked">Answered requests of each frame.</param>
internal sealed record Outcome(string Stash, string Logs, IReadOnlyDictionary<FrameStamp, int> Asked)
{
    /// <summary>Answers that another run of the same scenes paid for beyond those of this one, in frames.</summary>
    public int AskedAgainBy(Outcome other) => other.Asked.Sum(a => Math.Max(0, a.Value - Asked.GetValueOrDefault(a.Key)));
}

/// <summary>A library of some scenes, each small enough that a machine gets through them in seconds.</summary>
internal static class Library
{
    /// <summary>Requests that the model server takes at once.</summary>
    public const int Slots = 4;

    private static readonly string[] Videos = ["park", "phone", "short-events", "kitchen"];

    /// <summary>A model server that takes its time, so that there is always something in flight.</summary>
    public static VlmBehavior Slow { get; } =
        new()
        {
            Latency = TimeSpan.FromMilliseconds(40),
            Jitter = TimeSpan.FromMilliseconds(30),
            Slots = Slots,
            WhenFull = WhenFull.Queue,
        };

    /// <summary>A world with scenes that carry VLM_TagMe.</summary>
    public static async Task<World> CreateAsync(VideosFixture videos, int scenes, VlmBehavior? behavior = null, string interval = "4s")
    {
        var world = await World.CreateAsync(videos, behavior: behavior ?? Slow);
        world.Tags.RemoveRange(3, world.Tags.Count - 3);
        await world.ConfigureAsync(extra: $"video: {{ frameInterval: {interval}, cropBlackBars: false }}");
        for (var i = 0; i < scenes; i++)
        {
            await world.AddSceneAsync(Videos[i % Videos.Length], tagMe: true, fingerprint: $"{i:x16}");
        }

        return world;
    }

    /// <summary>Starts the analysis of everything with VLM_TagMe; the id of the instance.</summary>
    public static async Task<string> TagAsync(this World world, string address) =>
        (await world.PostAsync($"{address}/api/scenes/tag", new { })).GetProperty("id").GetString()!;

    /// <summary>Waits until the model server has taken some more requests, or all scenes are through.</summary>
    public static Task AfterAnswersAsync(this World world, int more)
    {
        var before = world.Vlm.Log.Requests;
        return World.UntilAsync(() => world.Vlm.Log.Requests >= before + more || world.IsThrough(), "further requests");
    }

    /// <summary>Whether no scene waits for its analysis any more.</summary>
    public static bool IsThrough(this World world) =>
        world.Stash.Library.Scenes.Keys.All(scene => !world.Stash.Library.TagNamesOf(scene).Contains("VLM_TagMe"));

    /// <summary>A run that nothing disturbs.</summary>
    public static async Task<Outcome> RunUndisturbedAsync(VideosFixture videos, int scenes)
    {
        await using var world = await CreateAsync(videos, scenes, Slow with { Latency = TimeSpan.Zero, Jitter = TimeSpan.Zero });
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await world.EndedAsync($"{address}/api/instances/{await world.TagAsync(address)}");
        return await world.OutcomeAsync(address);
    }

    /// <summary>How things stand now.</summary>
    public static async Task<Outcome> OutcomeAsync(this World world, string address)
    {
        var logs = new List<string>();
        foreach (var scene in world.Stash.Library.Scenes.Keys.Order())
        {
            var timeline = await world.Http.GetStringAsync(
                string.Create(CultureInfo.InvariantCulture, $"{address}/api/scenes/{scene}/timeline")
            );
            var log = JsonNode.Parse(timeline)!.AsObject();
            // Requests that an answer took: those of a killed process count, too.
            log.Remove("requests");
            logs.Add($"{scene} {log.ToJsonString()}");
        }

        return new Outcome(
            world.Visible(),
            string.Join('\n', logs),
            world
                .Vlm.Log.Exchanges.Where(e => e.Outcome == VlmOutcome.Answered)
                .SelectMany(e => e.Pictures.Where(p => p.Stamp is not null).Select(p => p.Stamp!.Value))
                .CountBy(s => s)
                .ToDictionary()
        );
    }

    /// <summary>Every scene ended well, nothing runs any more, and no marker is there twice.</summary>
    public static async Task AssertAllDoneAsync(this World world, string address, string id)
    {
        var status = await world.EndedAsync($"{address}/api/instances/{id}");
        Assert.True(status.GetProperty("output").GetProperty("done").GetInt32() == world.Stash.Library.Scenes.Count, status.GetRawText());
        var running = (await world.GetAsync($"{address}/api/status")).GetProperty("running");
        Assert.DoesNotContain(
            running.EnumerateArray(),
            i => i.GetProperty("instanceId").GetString()!.StartsWith("scene-", StringComparison.Ordinal)
        );
        world.AssertNoMarkerTwice();
    }

    /// <summary>No scene has two markers at the same place with the same tag.</summary>
    public static void AssertNoMarkerTwice(this World world)
    {
        foreach (var scene in world.Stash.Library.Scenes.Keys)
        {
            var markers = world.Stash.Library.MarkersOf(scene);
            Assert.Equal(markers.Count, markers.DistinctBy(m => (m.PrimaryTagId, m.Seconds)).Count());
        }
    }
}
