using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Json;
using HavenVlm.Benchmarks.Endpoints;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Benchmarks.Serving;

/// <summary>How long a user waits until the model gets its first picture of a two-hour video, and until a large request is accepted.</summary>
internal static class FirstRequest
{
    private const int Hours = 2;
    private const int Many = 10_000;

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("haven-bench-");
        try
        {
            var video = await MakeVideoAsync(folder.FullName, cancellationToken);
            var warm = new List<double>();
            var cold = new List<double>();
            var accepted = new List<double>();
            for (var run = 0; run < options.Runs; run++)
            {
                await MeasureAsync(Path.Combine(folder.FullName, $"run{run}"), video, warm, cold, accepted, cancellationToken);
            }

            return
            [
                Row.AtMost("two-hour video, warm: first request to a model after POST", 1, Middle(warm), " s"),
                Row.AtMost("the same from the start of the program", 3, Middle(cold), " s"),
                Row.AtMost("a request for 10,000 scenes is accepted within", 1, Middle(accepted), " s"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task MeasureAsync(
        string folder,
        string video,
        List<double> warm,
        List<double> cold,
        List<double> accepted,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(folder);
        await using var model = await ModelServer.StartAsync("bench", 4, 50);
        await using var stash = await SimulatedStash.StartAsync(
            new SimulatedStashOptions { Version = StashVersion.New2026, ApiKey = "key" },
            cancellationToken
        );
        var (first, second) = (AddScene(stash, video, 1), AddScene(stash, video, 2));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "haven.yaml"),
            $$"""
            stash: { url: "{{stash.Address}}", apiKey: key }
            vlm:
              model: bench
              endpoints: [ { name: bench, baseUrl: "{{model.BaseUrl}}", maxConcurrent: 4 } ]
            tags: { Kissing: {}, Hugging: {} }
            server: { listen: "http://127.0.0.1:0" }
            sweep: { enabled: false, watch: "" }
            """,
            cancellationToken
        );
        var since = TimeProvider.System.GetTimestamp();
        await using var haven = await HavenServer.StartAsync(folder, cancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(haven.Address) };
        await PostAsync(first);
        await ArrivalAsync(0);
        cold.Add(TimeProvider.System.GetElapsedTime(since).TotalSeconds);

        // Ended, so that the second scene has the model to itself.
        using (await http.PostAsync(new Uri($"/api/instances/scene-{first}/terminate", UriKind.Relative), content: null, cancellationToken))
        { }
        await Task.Delay(TimeSpan.FromSeconds(6), cancellationToken);
        var before = model.Arrivals.Count;
        since = TimeProvider.System.GetTimestamp();
        await PostAsync(second);
        await ArrivalAsync(before);
        warm.Add(TimeProvider.System.GetElapsedTime(since).TotalSeconds);

        since = TimeProvider.System.GetTimestamp();
        await PostAsync([.. Enumerable.Range(100, Many)]);
        accepted.Add(TimeProvider.System.GetElapsedTime(since).TotalSeconds);

        async Task PostAsync(params int[] scenes)
        {
            var body = new { sceneIds = scenes.Select(id => id.ToString(CultureInfo.InvariantCulture)) };
            using var response = await http.PostAsJsonAsync("/api/scenes/tag", body, cancellationToken);
            response.EnsureSuccessStatusCode();
        }

        async Task ArrivalAsync(int known)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeSpan.FromMinutes(2));
            while (model.Arrivals.Count <= known)
            {
                await Task.Delay(5, limit.Token);
            }
        }
    }

    private static int AddScene(SimulatedStash stash, string path, int number)
    {
        var info = new FileInfo(path);
        return stash
            .Library.AddScene(
                $"Scene {number}",
                new StashFile(0, path, new DateTimeOffset(info.LastWriteTimeUtc))
                {
                    Size = info.Length,
                    Duration = Hours * 3600,
                    Width = 320,
                    Height = 180,
                    Fingerprints = ImmutableSortedDictionary<string, string>.Empty.Add("oshash", $"{number:x16}"),
                }
            )
            .Id;
    }

    private static async Task<string> MakeVideoAsync(string folder, CancellationToken cancellationToken)
    {
        await using var samples = new SampleVideos();
        var clip = await samples.GetAsync("park");
        return await LongVideo.OfAsync(clip.Path, TimeSpan.FromHours(Hours), Path.Combine(folder, "long.mp4"), cancellationToken);
    }
}
