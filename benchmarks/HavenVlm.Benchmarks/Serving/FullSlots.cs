using System.Globalization;
using HavenVlm.Benchmarks.Endpoints;

namespace HavenVlm.Benchmarks.Serving;

/// <summary>1,000 frames through the whole program on three unequal endpoints: how close to all slots being busy all the time.</summary>
internal static class FullSlots
{
    private const int Frames = 1000;
    private const int Scenes = 10;

    public static async Task<IReadOnlyList<Row>> RunAsync(
        BenchmarkOptions options,
        string clip,
        DirectoryInfo folder,
        CancellationToken cancellationToken
    )
    {
        var whole = TimeSpan.FromSeconds(2 * Frames);
        var part = whole / Scenes;
        var one = await LongVideo.OfAsync(clip, whole, Path.Combine(folder.FullName, "one.mp4"), cancellationToken);
        var ten = await LongVideo.OfAsync(clip, part, Path.Combine(folder.FullName, "ten.mp4"), cancellationToken);
        var runs = options.Runs;
        return
        [
            Row.AtMost(
                "1,000 frames on 3 unequal endpoints through the whole program, one scene: wall time / bound",
                1.05,
                await Median.OfAsync(runs, () => MeasureAsync(folder, one, whole, 1, errors: 0, cancellationToken)),
                " x"
            ),
            Row.AtMost(
                "the same, ten scenes",
                1.05,
                await Median.OfAsync(runs, () => MeasureAsync(folder, ten, part, Scenes, errors: 0, cancellationToken)),
                " x"
            ),
            Row.AtMost(
                "the same, one scene with 5 % errors: wall time / bound of the work needed",
                1.08,
                await Median.OfAsync(runs, () => MeasureAsync(folder, one, whole, 1, errors: 0.05, cancellationToken)),
                " x"
            ),
        ];
    }

    private static async Task<double> MeasureAsync(
        DirectoryInfo folder,
        string video,
        TimeSpan length,
        int scenes,
        double errors,
        CancellationToken cancellationToken
    )
    {
        await using var fast = await ModelServer.StartAsync("fast", 8, 200, errors);
        await using var middle = await ModelServer.StartAsync("middle", 4, 400, errors);
        await using var slow = await ModelServer.StartAsync("slow", 2, 800, errors);
        ModelServer[] servers = [fast, middle, slow];
        await using var library = await ServedLibrary.StartAsync(servers, cancellationToken);
        int[] ids = [.. Enumerable.Range(0, scenes).Select(_ => library.AddScene(video, length))];
        await library.ServeAsync(Path.Combine(folder.FullName, Guid.NewGuid().ToString("n")), cancellationToken);
        await library.TagAsync(ids, cancellationToken);
        await library.DoneAsync(ids, cancellationToken);
        // The servers were started one after the other, each with a clock of its own.
        var first = servers.Min(server => server.Start + server.Arrivals.Min());
        var last = servers.Max(server => server.Start + server.LastAnswer);
        var requests = servers.Sum(server => server.Arrivals.Count);
        var rate = servers.Sum(server => server.Slots * server.Arrivals.Count / server.Work.TotalSeconds);
        var ratio = (last - first).TotalSeconds / (requests / rate);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"  {scenes} scenes, {errors:P0} errors: {requests} requests, {ratio:0.000} x"
        );
        await Console.Error.WriteLineAsync(text);
        return ratio;
    }
}
