using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using HavenVlm.Local.Tests.EndToEnd;
using HavenVlm.Simulation.Vlm;
using HavenVlm.Tests.Reliability;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.Reliability;

/// <summary>
/// Everything that model servers do to the whole program over real HTTP: row 3 of docs/dev/reliability.md.
/// </summary>
public sealed partial class ModelOutageTests(VideosFixture videos, ITestOutputHelper output)
{
    private static readonly string[] Videos = ["park", "short-events", "phone"];

    /// <summary>Half of all requests go wrong, in every way that there is.</summary>
    private static readonly Dictionary<VlmFault, double> Storm = new()
    {
        [VlmFault.ServerError] = 0.2,
        [VlmFault.RateLimit] = 0.03,
        [VlmFault.BareRateLimit] = 0.03,
        [VlmFault.Hang] = 0.01,
        [VlmFault.Reset] = 0.03,
        [VlmFault.Drip] = 0.02,
        [VlmFault.Empty] = 0.03,
        [VlmFault.EmptyBody] = 0.03,
        [VlmFault.Garbage] = 0.03,
        [VlmFault.Refusal] = 0.03,
        [VlmFault.HalfJson] = 0.03,
        [VlmFault.Huge] = 0.03,
        [VlmFault.WrongContentType] = 0.03,
    };

    [Fact]
    public async Task In_a_storm_of_every_fault_each_scene_ends_and_no_failure_becomes_an_answer()
    {
        // A storm of a minute takes about four scenes through; the default tier sends the two short ones into it.
        var isShort = !Soak.IsLong && !ReleaseTier.Runs;
        var count = isShort ? 2 : Math.Max(3, (int)(4 * Soak.Share(Row, TimeSpan.Zero, 0.4).Length.TotalMinutes));
        await using var liar = await SimulatedVlm.StartAsync(new VlmBehavior { Models = ["another-model"] });
        await using var untrusted = await UntrustedServer.StartAsync();
        await using var second = await SimulatedVlm.StartAsync(new VlmBehavior { Faults = Storm, Seed = 2 });
        await using var world = await World.CreateAsync(videos, behavior: new VlmBehavior { Faults = Storm, Seed = 1 });
        await world.ConfigureAsync(
            vlmExtra: $$"""
                - { name: second, baseUrl: "{{second.BaseUrl}}", maxConcurrent: 4, timeout: 2s }
                - { name: liar, baseUrl: "{{liar.BaseUrl}}", maxConcurrent: 4, timeout: 2s }
                - { name: untrusted, baseUrl: "{{untrusted.BaseUrl}}", maxConcurrent: 4, timeout: 2s }
              maxUnanswered: 60%
            """
        );
        var scenes = new List<(int Id, string Video)>();
        for (var i = 0; i < count; i++)
        {
            var video = Videos[(isShort ? i + 1 : i) % Videos.Length];
            scenes.Add(((await world.AddSceneAsync(video, tagMe: true, fingerprint: $"{i:x16}")).Id, video));
        }

        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var status = await EndedAsync(world, await StartAsync(world, address));

        var (done, known, unknown) = (0, 0, 0);
        foreach (var (id, video) in scenes)
        {
            if (Answers.AssertDoneOrErrored(world, status, id))
            {
                done++;
                var (k, u) = await Answers.AssertTrueOrUnknownAsync(world, address, id, video);
                (known, unknown) = (known + k, unknown + u);
                if (u == 0)
                {
                    world.AssertMarkersAreTrue(id, video);
                }

                // A short event may be unknown as a whole, but nothing may be made up.
                Answers.AssertNothingIsMadeUp(world, id, video);
            }
            else
            {
                Assert.Empty(world.Stash.Library.MarkersOf(id));
            }
        }

        var requests = world.Vlm.Log.Requests + second.Log.Requests;
        var cost = ProcessCost.Of(haven.Id);
        Soak.Report(
            Row,
            "model-storm",
            ("scenes", count),
            ("done", done),
            ("requests", requests),
            ("frames answered", known),
            ("frames unknown", unknown),
            ("CPU seconds", cost.Cpu.TotalSeconds),
            ("MB at most", cost.PeakMemory >> 20)
        );
        Assert.True(done > 0, "Half of the requests are answered well: most scenes can be done.");
        Assert.InRange(requests, known / 2, 8 * (known + unknown));
        Assert.InRange(liar.Log.Requests, 1, 8 + count);
        Assert.Equal(0, untrusted.Told);
        Assert.InRange(cost.PeakMemory, 1, ProcessCost.MaxMemory);
        var endpoints = (await world.GetAsync($"{address}/api/status")).GetProperty("endpoints").GetRawText();
        Assert.Contains("certificate", endpoints, StringComparison.Ordinal);
        Assert.Contains("does not exist", endpoints, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task Where_every_request_fails_in_one_way_the_scene_is_errored_with_that_reason_and_afterwards_the_same_scene_can_be_done()
    {
        await using var world = await World.CreateAsync(videos);
        await ConfigureImpatientAsync(world, world.Vlm.BaseUrl);
        var scene = await world.AddSceneAsync("phone");
        var other = await world.AddSceneAsync("phone", fingerprint: "other");
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        foreach (var (fault, word) in Reasons)
        {
            // Between two faults the server is well, and what was learnt of it is over.
            world.Vlm.Behavior = new VlmBehavior();
            await world.PostAsync($"{address}/api/endpoints/pc/resume", new { }, HttpStatusCode.NoContent);
            var well = await world.PostAsync($"{address}/api/scenes/tag", new { sceneIds = new[] { World.Id(other) }, force = true });
            Assert.True(Answers.AssertDoneOrErrored(world, await EndedAsync(world, well), other.Id));
            world.Vlm.Behavior = new VlmBehavior
            {
                Faults = new Dictionary<VlmFault, double> { [fault] = 1 },
                DripPause = TimeSpan.FromMilliseconds(700),
                RetryAfter = TimeSpan.FromSeconds(1),
            };
            world.Vlm.Log.Clear();
            world.Stash.Library.TagScene(scene.Id, world.Stash.Library.EnsureTag("VLM_TagMe").Id);
            var before = ProcessCost.Of(haven.Id);

            var status = await EndedAsync(world, await StartAsync(world, address));

            var cost = ProcessCost.Of(haven.Id);
            Assert.False(Answers.AssertDoneOrErrored(world, status, scene.Id), $"{fault} made the scene done.");
            var failure = Assert.Single(status.GetProperty("output").GetProperty("failures").EnumerateArray());
            var reason = failure.GetProperty("reason").GetString()!;
            output.WriteLine(
                $"{fault}: {world.Vlm.Log.Requests} requests, {(cost.Cpu - before.Cpu).TotalSeconds:0.0} s CPU, {cost.PeakMemory >> 20} MB: {reason}"
            );
            Assert.True(reason.Contains(word, StringComparison.OrdinalIgnoreCase), $"{fault}: {reason}");
            Assert.Empty(world.Stash.Library.MarkersOf(scene.Id));
            Assert.Equal(["VLM_Errored"], world.Stash.Library.TagNamesOf(scene.Id));
            Assert.InRange(world.Vlm.Log.Requests, 1, 120);
            Assert.InRange((cost.Cpu - before.Cpu).TotalSeconds, 0, 10);
            Assert.InRange(cost.PeakMemory, 1, ProcessCost.MaxMemory);
        }

        world.Vlm.Behavior = new VlmBehavior();
        world.Stash.Library.TagScene(scene.Id, world.Stash.Library.EnsureTag("VLM_TagMe").Id);
        var end = await EndedAsync(world, await StartAsync(world, address));

        Assert.True(Answers.AssertDoneOrErrored(world, end, scene.Id));
        world.AssertMarkersAreTrue(scene.Id, "phone");
    }

    /// <summary>What a user must be able to read out of the reason.</summary>
    private static IEnumerable<(VlmFault Fault, string Word)> Reasons =>
        [
            (VlmFault.ServerError, "HTTP 500"),
            (VlmFault.RateLimit, "HTTP 429"),
            (VlmFault.BareRateLimit, "HTTP 429"),
            (VlmFault.Hang, "no answer within"),
            (VlmFault.Drip, "no answer within"),
            (VlmFault.Reset, "the connection broke"),
            (VlmFault.Empty, "the reply was empty"),
            (VlmFault.EmptyBody, "did not send a chat completion"),
            (VlmFault.Garbage, "names no tag"),
            (VlmFault.Refusal, "the model refused"),
            (VlmFault.HalfJson, "ended in the middle"),
            (VlmFault.Huge, "the reply is larger than"),
            (VlmFault.WrongContentType, "text/html"),
            (VlmFault.ModelUnloaded, "Model is unloaded"),
            (VlmFault.BadGateway, "HTTP 502"),
            (VlmFault.Moderated, "moderation refuses this picture"),
            (VlmFault.ContentFilter, "moderation refuses this picture"),
            (VlmFault.MinuteQuota, "HTTP 429"),
        ];

    [Fact]
    public async Task Sends_nothing_to_a_server_with_a_wrong_certificate_and_reports_it()
    {
        await using var untrusted = await UntrustedServer.StartAsync();
        await using var world = await World.CreateAsync(videos);
        await ConfigureImpatientAsync(world, untrusted.BaseUrl);
        var scene = await world.AddSceneAsync("phone", tagMe: true);
        await using var haven = world.Serve();

        var status = await EndedAsync(world, await StartAsync(world, await haven.ListeningAsync()));

        Assert.False(Answers.AssertDoneOrErrored(world, status, scene.Id));
        Assert.Contains("certificate is not trusted", status.GetProperty("output").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, untrusted.Told);
    }

    [Fact]
    public async Task All_servers_away_for_long_are_waited_for_without_work_and_then_every_scene_is_done()
    {
        var away = Soak.Share(Row, TimeSpan.FromSeconds(6), 0.3).Length;
        var slow = new VlmBehavior { Latency = TimeSpan.FromMilliseconds(300) };
        await using var second = await SimulatedVlm.StartAsync(slow);
        await using var world = await World.CreateAsync(videos, behavior: slow);
        await world.ConfigureAsync(vlmExtra: $$"""    - { name: second, baseUrl: "{{second.BaseUrl}}", maxConcurrent: 4, timeout: 20s }""");
        var scenes = new List<(int Id, string Video)>();
        foreach (var video in Videos)
        {
            scenes.Add(((await world.AddSceneAsync(video, tagMe: true)).Id, video));
        }

        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var started = await StartAsync(world, address);
        await World.UntilAsync(() => world.Vlm.Log.Answered + second.Log.Answered >= 10, "10 answers");

        await Task.WhenAll(world.Vlm.SwitchOffAsync(), second.SwitchOffAsync());
        var atOnce = ProcessCost.Of(haven.Id);
        await Task.Delay(away);
        var afterwards = ProcessCost.Of(haven.Id);
        var waiting = scenes.Where(scene => !world.Stash.Library.TagNamesOf(scene.Id).Contains("VLM_Tagged")).ToList();
        Assert.NotEmpty(waiting);
        Assert.All(waiting, scene => Assert.Contains("VLM_TagMe", world.Stash.Library.TagNamesOf(scene.Id)));
        Assert.All(waiting, scene => Assert.Empty(world.Stash.Library.MarkersOf(scene.Id)));
        await Task.WhenAll(world.Vlm.SwitchOnAsync(), second.SwitchOnAsync());
        var status = await EndedAsync(world, started);

        Soak.Report(
            Row,
            "all-models-away",
            ("seconds away", away.TotalSeconds),
            ("CPU seconds meanwhile", (afterwards.Cpu - atOnce.Cpu).TotalSeconds),
            ("MB at most", afterwards.PeakMemory >> 20)
        );
        Assert.InRange((afterwards.Cpu - atOnce.Cpu).TotalSeconds, 0, 4 + (away.TotalSeconds / 10));
        foreach (var (id, video) in scenes)
        {
            Assert.True(Answers.AssertDoneOrErrored(world, status, id));
            Assert.Equal(0, (await Answers.AssertTrueOrUnknownAsync(world, address, id, video)).Unknown);
            world.AssertMarkersAreTrue(id, video);
        }

        Assert.Empty(world.Vlm.Log.AskedAgain());
    }

    [Theory]
    [InlineData(VlmFault.ModelUnloaded, 4, Explicit = true)]
    [InlineData(VlmFault.ModelUnloaded, 20, Explicit = true)]
    [InlineData(VlmFault.OutOfMemory, 20, Explicit = true)]
    [InlineData(VlmFault.BadGateway, 40, Explicit = true)]
    public async Task A_model_that_fails_whatever_it_is_asked_for_a_while_costs_no_scene_and_no_frame(VlmFault fault, int seconds)
    {
        var slow = new VlmBehavior { Latency = TimeSpan.FromMilliseconds(200) };
        await using var world = await World.CreateAsync(videos, behavior: slow);
        var scenes = new List<(int Id, string Video)>();
        foreach (var video in Videos)
        {
            scenes.Add(((await world.AddSceneAsync(video, tagMe: true)).Id, video));
        }

        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        var started = await StartAsync(world, address);
        await World.UntilAsync(() => world.Vlm.Log.Answered >= 5, "5 answers");

        world.Vlm.Behavior = new VlmBehavior { Faults = new Dictionary<VlmFault, double> { [fault] = 1 } };
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        world.Vlm.Behavior = slow;
        var status = await EndedAsync(world, started);

        foreach (var (id, video) in scenes)
        {
            Assert.True(Answers.AssertDoneOrErrored(world, status, id));
            Assert.Equal(0, (await Answers.AssertTrueOrUnknownAsync(world, address, id, video)).Unknown);
            world.AssertMarkersAreTrue(id, video);
        }

        var faulted = world.Vlm.Log.Exchanges.Count(exchange => exchange.Fault == fault);
        output.WriteLine($"{fault}: {faulted} requests failed in {seconds} s");
        Assert.InRange(faulted, 1, 40);
    }

    [Theory]
    [InlineData("linear", Explicit = true)]
    [InlineData("adaptive", Explicit = true)]
    public async Task Markers_do_not_shrink_or_go_where_a_later_run_got_no_answer(string sampling)
    {
        await using var world = await World.CreateAsync(videos);
        await world.ConfigureAsync(
            extra: $"markers: {{ maxGap: 2500ms }}\nvideo: {{ sampling: {sampling} }}",
            vlmExtra: "  maxUnanswered: 60%"
        );
        var scene = await world.AddSceneAsync("park", tagMe: true);
        await using var haven = world.Serve();
        var address = await haven.ListeningAsync();
        await EndedAsync(world, await StartAsync(world, address));
        world.AssertMarkersAreTrue(scene.Id, "park");
        var before = world.Visible();

        world.Vlm.Behavior = new VlmBehavior
        {
            // The whole of one marker and the ends and middles of others.
            Refuses = stamp => stamp.Time.TotalSeconds is (> 1 and < 15) or (> 24 and < 32) or > 40,
        };
        var again = await world.PostAsync($"{address}/api/scenes/tag", new { sceneIds = new[] { World.Id(scene) }, force = true });
        var status = await EndedAsync(world, again);

        Assert.True(Answers.AssertDoneOrErrored(world, status, scene.Id));
        var (known, unknown) = await Answers.AssertTrueOrUnknownAsync(world, address, scene.Id, "park");
        Assert.InRange(unknown, 5, known + unknown - 5);
        var after = world.Visible();
        Assert.Equal(Seconds().Replace(before, "_"), Seconds().Replace(after, "_"));
        // Closer looks go elsewhere by what else is known: a border may move by as much as it is exact.
        var moved = Times(before).Zip(Times(after), (was, now) => Math.Abs(was - now)).Max();
        Assert.InRange(moved, 0, sampling is "adaptive" ? 0.5 : 0);
    }

    private static IEnumerable<double> Times(string visible) =>
        Seconds().Matches(visible).Select(time => double.Parse(time.Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\d+\.\d{3}", RegexOptions.None, 1000)]
    private static partial Regex Seconds();

    /// <summary>One server, given up after two seconds without an answer.</summary>
    private static async Task ConfigureImpatientAsync(World world, string baseUrl)
    {
        await world.ConfigureAsync(vlmExtra: "  giveUpAfter: 2s");
        var file = Path.Combine(world.Folder, "haven.yaml");
        var text = await File.ReadAllTextAsync(file);
        text = text.Replace(world.Vlm.BaseUrl, baseUrl, StringComparison.Ordinal)
            .Replace("timeout: 20s", "timeout: 1s", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text);
    }

    private const int Row = 3;

    private static async Task<string> StartAsync(World world, string address) =>
        (await world.PostAsync($"{address}/api/scenes/tag", new { })).GetProperty("statusQueryGetUri").GetString()!;

    private static async Task<JsonElement> EndedAsync(World world, JsonElement started) =>
        await EndedAsync(world, started.GetProperty("statusQueryGetUri").GetString()!);

    private static async Task<JsonElement> EndedAsync(World world, string uri)
    {
        var status = await world.EndedAsync(uri);
        Assert.Equal("Completed", status.GetProperty("runtimeStatus").GetString());
        return status;
    }
}
