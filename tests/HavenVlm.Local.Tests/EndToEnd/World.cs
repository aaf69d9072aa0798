using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>A user's world: Stash, a model server, a folder with a configuration. The program under test is a process of its own.</summary>
internal sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);
    private readonly SampleVideos _videos;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(100) };

    private World(SampleVideos videos, SimulatedStash stash, SimulatedVlm vlm, string folder)
    {
        _videos = videos;
        Stash = stash;
        Vlm = vlm;
        Folder = folder;
    }

    public SimulatedStash Stash { get; }

    public SimulatedVlm Vlm { get; }

    public string Folder { get; }

    public List<string> Tags { get; } = [.. TagLegend.Tags];

    /// <summary>Off, so that a test says itself what is asked for.</summary>
    public string Sweep { get; set; } = "sweep: { enabled: false, watch: \"\" }";

    /// <summary>The section of the HTTP server.</summary>
    public string Server { get; set; } = "server: { listen: \"http://127.0.0.1:0\" }";

    /// <summary>The folder whose plugins the simulated Stash loads.</summary>
    public string PluginsFolder => Path.Combine(Folder, "plugins");

    public HttpClient Http => _http;

    public static async Task<World> CreateAsync(
        VideosFixture fixture,
        StashVersion version = StashVersion.New2026,
        VlmBehavior? behavior = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("haven-world-").FullName;
        var stash = await SimulatedStash.StartAsync(
            new SimulatedStashOptions
            {
                Version = version,
                ApiKey = "stash-secret",
                PluginsPath = Path.Combine(folder, "plugins"),
            }
        );
        var world = new World(fixture.Videos, stash, await SimulatedVlm.StartAsync(behavior), folder);
        await world.ConfigureAsync();
        return world;
    }

    /// <summary>Writes haven.yaml; extra lines are whole sections.</summary>
    public Task ConfigureAsync(string extra = "", string vlmExtra = "")
    {
        var tags = string.Join('\n', Tags.Select(t => $"  {t}: {{ description: \"{TagLegend.DescriptionOf(t)}\" }}"));
        return File.WriteAllTextAsync(
            Path.Combine(Folder, "haven.yaml"),
            $$"""
            stash: { url: "{{Stash.Address}}", apiKey: stash-secret }
            vlm:
              model: simulated-vlm
              endpoints:
                - { name: pc, baseUrl: "{{Vlm.BaseUrl}}", maxConcurrent: 4, timeout: 20s }
            {{vlmExtra}}
            tags:
            {{tags}}
            {{Server}}
            storage: { dataDir: data }
            {{Sweep}}
            {{extra}}
            """
        );
    }

    public async Task<StashScene> AddSceneAsync(string video, bool tagMe = false, string? fingerprint = null)
    {
        var made = await _videos.GetAsync(video);
        var info = new FileInfo(made.Path);
        var scene = Stash.Library.AddScene(
            made.Script.Title,
            new StashFile(0, made.Path, new DateTimeOffset(info.LastWriteTimeUtc))
            {
                Size = info.Length,
                Duration = made.Script.Duration.TotalSeconds,
                Width = made.Script.Width,
                Height = made.Script.Height,
                Fingerprints = ImmutableSortedDictionary<string, string>.Empty.Add("oshash", fingerprint ?? video.PadLeft(16, '0')),
            }
        );
        if (tagMe)
        {
            Stash.Library.TagScene(scene.Id, Stash.Library.EnsureTag("VLM_TagMe").Id);
        }

        return Stash.Library.Scenes[scene.Id];
    }

    /// <summary>The same video as many scenes with VLM_TagMe; each has a fingerprint of its own.</summary>
    public async Task AddManyScenesAsync(string video, int count)
    {
        var tag = Stash.Library.EnsureTag("VLM_TagMe").Id;
        for (var i = 0; i < count; i++)
        {
            var scene = await AddSceneAsync(video, fingerprint: $"{i:x16}");
            Stash.Library.TagScene(scene.Id, tag);
        }
    }

    public HavenProcess Serve() => HavenProcess.Start(Folder, "serve");

    /// <summary>Runs a command to its end.</summary>
    public async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using var process = HavenProcess.Start(Folder, arguments);
        var code = await process.ExitAsync(Deadline);
        return (code, process.Output);
    }

    /// <summary>Posts JSON; the answer's body.</summary>
    public async Task<JsonElement> PostAsync(string address, object body, HttpStatusCode expected = HttpStatusCode.Accepted)
    {
        using var response = await _http.PostAsJsonAsync(address, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public async Task<JsonElement> GetAsync(string address)
    {
        using var response = await _http.GetAsync(address);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{address}: {(int)response.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Follows an instance to its end; its status.</summary>
    public async Task<JsonElement> EndedAsync(string statusUri)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        JsonElement status = default;
        try
        {
            while (true)
            {
                using var response = await _http.GetAsync(statusUri, deadline.Token);
                status = await response.Content.ReadFromJsonAsync<JsonElement>(deadline.Token);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return status;
                }

                await Task.Delay(100, deadline.Token);
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"The instance did not end: {status}", e);
        }
    }

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what, Func<string>? evidence = null)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!condition())
        {
            if (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"It never came to this: {what}\n{evidence?.Invoke()}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Every marker of a scene that carries VLM as an additional tag, as text; and that it equals the truth within an interval.</summary>
    public void AssertMarkersAreTrue(int sceneId, string video, double intervalSeconds = 2)
    {
        var truth = SampleScripts.Find(video).Truth.Where(t => Tags.Contains(t.Key)).ToDictionary();
        var markers = Stash.Library.MarkersOf(sceneId);
        var expected = truth.SelectMany(t => t.Value.Select(s => (Tag: t.Key, Start: s.Start.TotalSeconds, End: s.End.TotalSeconds)));
        var actual = markers.Select(m => (Tag: Stash.Library.Tags[m.PrimaryTagId].Name, Start: m.Seconds, End: m.EndSeconds));
        Assert.Equal(expected.Select(e => e.Tag).Order(), actual.Select(a => a.Tag).Order());
        foreach (
            var (wanted, found) in expected.OrderBy(e => e.Tag).ThenBy(e => e.Start).Zip(actual.OrderBy(a => a.Tag).ThenBy(a => a.Start))
        )
        {
            Assert.InRange(found.Start, wanted.Start - intervalSeconds, wanted.Start + intervalSeconds);
            if (found.End is { } end)
            {
                Assert.InRange(end, wanted.End - intervalSeconds, wanted.End + intervalSeconds);
            }
        }

        Assert.Superset(truth.Keys.ToHashSet(StringComparer.Ordinal), Stash.Library.TagNamesOf(sceneId).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>What a person sees in Stash: every scene's tags and markers by name, without ids, which differ with the order of writing.</summary>
    public string Visible()
    {
        var library = Stash.Library;
        var lines = library
            .Scenes.Values.OrderBy(s => s.Id)
            .SelectMany(scene =>
                library
                    .TagNamesOf(scene.Id)
                    .Order(StringComparer.Ordinal)
                    .Select(tag => $"{scene.Id} tag {tag}")
                    .Concat(
                        library
                            .MarkersOf(scene.Id)
                            .Select(m =>
                                $"{scene.Id} marker {m.Seconds:0.000}-{m.EndSeconds:0.000} {library.Tags[m.PrimaryTagId].Name} '{m.Title}' "
                                + string.Join(',', m.TagIds.Select(t => library.Tags[t].Name).Order(StringComparer.Ordinal))
                            )
                            .Order(StringComparer.Ordinal)
                    )
            );
        var tags = library.Tags.Values.Select(t => $"tag {t.Name}").Order(StringComparer.Ordinal);
        return string.Join('\n', lines.Concat(tags));
    }

    public static string Id(StashScene scene) => scene.Id.ToString(CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Stash.DisposeAsync();
        await Vlm.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
