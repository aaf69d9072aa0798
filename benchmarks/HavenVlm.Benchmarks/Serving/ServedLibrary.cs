using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Json;
using HavenVlm.Benchmarks.Endpoints;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Benchmarks.Serving;

/// <summary>The real program, a simulated Stash and model servers, with everything in one folder.</summary>
internal sealed class ServedLibrary : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly List<int> _added = [];

    private ServedLibrary(SimulatedStash stash, IReadOnlyList<ModelServer> models) => (Stash, Models) = (stash, models);

    public SimulatedStash Stash { get; }

    public IReadOnlyList<ModelServer> Models { get; }

    public HavenServer Haven { get; private set; } = null!;

    /// <summary>Starts Stash only; <see cref="ServeAsync"/> starts the program.</summary>
    public static async Task<ServedLibrary> StartAsync(IReadOnlyList<ModelServer> models, CancellationToken cancellationToken) =>
        new(
            await SimulatedStash.StartAsync(
                new SimulatedStashOptions { Version = StashVersion.New2026, ApiKey = "key" },
                cancellationToken
            ),
            models
        );

    /// <summary>A scene with a video; several may have the same one.</summary>
    public int AddScene(string path, TimeSpan length)
    {
        var info = new FileInfo(path);
        var scene = Stash.Library.AddScene(
            $"Scene {_added.Count + 1}",
            new StashFile(0, path, new DateTimeOffset(info.LastWriteTimeUtc))
            {
                Size = info.Length,
                Duration = length.TotalSeconds,
                Width = 320,
                Height = 180,
                Fingerprints = ImmutableSortedDictionary<string, string>.Empty.Add("oshash", $"{_added.Count + 1:x16}"),
            }
        );
        _added.Add(scene.Id);
        return scene.Id;
    }

    /// <summary>Starts the program in a folder of its own.</summary>
    public async Task ServeAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var endpoints = Models.Select(model =>
            $$"""    - { name: {{model.Name}}, baseUrl: "{{model.BaseUrl}}", maxConcurrent: {{model.Slots}} }"""
        );
        await File.WriteAllTextAsync(
            Path.Combine(folder, "haven.yaml"),
            $$"""
            stash: { url: "{{Stash.Address}}", apiKey: key }
            vlm:
              model: bench
              endpoints:
            {{string.Join('\n', endpoints)}}
            video: { sampling: linear, frameInterval: 2s, reuseStill: false }
            tags: { Kissing: {}, Hugging: {} }
            server: { listen: "http://127.0.0.1:0" }
            sweep: { enabled: false, watch: "" }
            """,
            cancellationToken
        );
        Haven = await HavenServer.StartAsync(folder, cancellationToken);
        _http.BaseAddress = new Uri(Haven.Address);
    }

    /// <summary>Asks for scenes.</summary>
    public async Task TagAsync(IEnumerable<int> scenes, CancellationToken cancellationToken)
    {
        var body = new { sceneIds = scenes.Select(id => id.ToString(CultureInfo.InvariantCulture)) };
        using var response = await _http.PostAsJsonAsync("/api/scenes/tag", body, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Asks for a sweep.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync(new Uri("/api/sweep", UriKind.Relative), content: null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until scenes carry the tag that says they are done.</summary>
    public async Task DoneAsync(IReadOnlyList<int> scenes, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(5));
        while (!scenes.All(scene => Stash.Library.TagNamesOf(scene).Contains("VLM_Tagged", StringComparer.Ordinal)))
        {
            if (scenes.Any(scene => Stash.Library.TagNamesOf(scene).Contains("VLM_Errored", StringComparer.Ordinal)))
            {
                throw new InvalidOperationException("a scene ended with VLM_Errored");
            }

            await Task.Delay(50, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Haven is not null)
        {
            await Haven.DisposeAsync();
        }

        _http.Dispose();
        await Stash.DisposeAsync();
    }
}
