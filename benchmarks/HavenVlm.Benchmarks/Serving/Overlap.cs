using HavenVlm.Benchmarks.Endpoints;
using HavenVlm.Simulation.Media;

namespace HavenVlm.Benchmarks.Serving;

/// <summary>Whether decoding and asking overlap: a scene through the whole program, against the slower of both alone.</summary>
internal static class Overlap
{
    private const int Slots = 8;
    private static readonly TimeSpan Length = TimeSpan.FromHours(1);

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("haven-bench-");
        try
        {
            await using var samples = new SampleVideos();
            var clip = await samples.GetAsync("park");
            var video = await LongVideo.OfAsync(clip.Path, Length, Path.Combine(folder.FullName, "long.mp4"), cancellationToken);
            var ratio = await Median.OfAsync(options.Runs, () => MeasureAsync(folder, video, cancellationToken));
            return
            [
                Row.AtMost("one-hour video: wall time / the longer of decoding alone and the bound of the model", 1.05, ratio, " x"),
                .. await FullSlots.RunAsync(options, clip.Path, folder, cancellationToken),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double> MeasureAsync(DirectoryInfo folder, string video, CancellationToken cancellationToken)
    {
        // A model that answers at once leaves decoding alone.
        var decoding = await SceneAsync(folder, video, milliseconds: 0, cancellationToken);
        // Where both take about as long, waiting for one another would show the most.
        var milliseconds = Math.Max(20, 1.1 * decoding.Wall * Slots * 1000 / decoding.Requests);
        var both = await SceneAsync(folder, video, milliseconds, cancellationToken);
        await Console.Error.WriteLineAsync(
            $"  decoding alone {decoding.Wall:0.00} s, bound of the model {both.Work / Slots:0.00} s, both {both.Wall:0.00} s ({both.Requests} frames)"
        );
        return both.Wall / Math.Max(decoding.Wall, both.Work / Slots);
    }

    private static async Task<(double Wall, double Work, int Requests)> SceneAsync(
        DirectoryInfo folder,
        string video,
        double milliseconds,
        CancellationToken cancellationToken
    )
    {
        await using var model = await ModelServer.StartAsync("bench", Slots, milliseconds);
        await using var library = await ServedLibrary.StartAsync([model], cancellationToken);
        var scene = library.AddScene(video, Length);
        await library.ServeAsync(Path.Combine(folder.FullName, Guid.NewGuid().ToString("n")), cancellationToken);
        await library.TagAsync([scene], cancellationToken);
        await library.DoneAsync([scene], cancellationToken);
        // From the first request: what comes before is the row of the first request.
        return ((model.LastAnswer - model.Arrivals.Min()).TotalSeconds, model.Work.TotalSeconds, model.Arrivals.Count);
    }
}
