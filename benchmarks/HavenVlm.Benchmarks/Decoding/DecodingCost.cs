using HavenVlm.Core;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Benchmarks.Decoding;

/// <summary>
/// Processor time that our frame source takes, with its ffmpegs and with us, against ffmpeg's <c>fps</c> filter and against the best way to use
/// ffmpeg that keeps the samples within a quarter interval. The videos stay in the temporary folder for the next run.
/// </summary>
internal static class DecodingCost
{
    // So near to a goal noise decides: both sides are measured again, by turns, and the medians of so many runs count.
    private const double NearGoal = 0.15;
    private const int RunsNearGoal = 5;

    private static readonly PictureSettings Pictures = new() { MaxImageSize = 768, Hwaccel = "none" };

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var services = new ServiceCollection().AddLogging().AddMedia().BuildServiceProvider();
        var rows = new List<Row>();
        var isWarm = false;
        foreach (var video in SampleVideo.All)
        {
            var length = TimeSpan.FromSeconds((video.Height > 1080 ? 20 : 40) * (options.IsFull ? 6 : 1));
            var path = await video.MakeAsync(length, cancellationToken);
            await using var input = await services
                .GetRequiredService<MediaGateway>()
                .OpenAsync(new MediaLocation.LocalFile(path), cancellationToken);
            var facts = await services.GetRequiredService<MediaProbe>().ProbeAsync(input, cancellationToken);
            if (!isWarm)
            {
                await TakeAsync(TimeSpan.FromSeconds(20));
                isWarm = true;
            }

            foreach (var interval in new[] { TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(20) })
            {
                var ways = new Strategies(video, path, PictureFilters.Picture(facts, Pictures), length, interval);
                var runs = options.IsFull ? 3 : 1;
                var ours = await LeastAsync(runs, () => CpuMeter.MeasureAsync(() => CpuMeter.MeasureOnceAsync(() => TakeAsync(interval))));
                var what = $"{video.Name}, each {interval.TotalSeconds:0} s";
                double? filter = null;
                if (GoalOf(video, interval) is { } goal)
                {
                    var fps = await LeastAsync(runs, () => ways.FpsFilterAsync(cancellationToken));
                    if (Math.Abs((ours / fps) - goal) <= NearGoal * goal)
                    {
                        (ours, fps) = await Median.OfPairsAsync(
                            RunsNearGoal,
                            (ours, fps),
                            () => CpuMeter.MeasureOnceAsync(() => TakeAsync(interval)),
                            () => ways.FpsFilterAsync(cancellationToken)
                        );
                    }

                    filter = fps;
                    rows.Add(Row.AtMost($"{what}: CPU / fps filter ({fps:0.00} s)", goal, ours / fps, " x", "0.00"));
                }

                var (best, seconds) = await ways.CheapestAsync(filter, cancellationToken);
                await Console.Error.WriteLineAsync(
                    $"  {what}: ours {ours:0.00} s, fps filter {(filter is null ? "not measured" : $"{filter:0.00} s")}, {best} {seconds:0.00} s"
                );
                rows.Add(Row.AtMost($"{what}: CPU / best way ({best}, {seconds:0.00} s)", 1.1, ours / seconds, " x", "0.00"));
            }

            async Task TakeAsync(TimeSpan interval)
            {
                var times = Enumerable
                    .Range(0, (int)Math.Ceiling(length / interval))
                    .Select(i => (i + 0.5) * interval)
                    .Where(time => time < length)
                    .ToList();
                await foreach (
                    var frame in services
                        .GetRequiredService<FrameExtractor>()
                        .ExtractAsync(input, facts, Pictures, times, interval / 4, cancellationToken)
                )
                {
                    if (frame.Jpeg.IsEmpty || (frame.Time - frame.Planned).Duration() > (interval / 4) + TimeSpan.FromMilliseconds(1))
                    {
                        throw new InvalidOperationException(
                            $"{video.Name}: no frame for {frame.Planned}: {frame.Reason ?? $"{frame.Time}"}"
                        );
                    }
                }
            }
        }

        return rows;
    }

    // Other programs only ever add to what one takes.
    private static async Task<double> LeastAsync(int runs, Func<Task<double>> measure)
    {
        var least = double.MaxValue;
        for (var run = 0; run < runs; run++)
        {
            least = Math.Min(least, await measure());
        }

        return least;
    }

    private static double? GoalOf(SampleVideo video, TimeSpan interval) =>
        interval < TimeSpan.FromSeconds(20) ? (video.SkipsPictures ? 0.65 : 1)
        : video.Gop <= 5 ? 0.12
        : null;
}
