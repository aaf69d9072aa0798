using HavenVlm.Core;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Framing;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Benchmarks.Sampling;

/// <summary>What adaptive sampling asks and finds in five hours of video, against a look every two seconds.</summary>
internal static class AdaptiveCost
{
    // None of them was used when the constants of the sampling were chosen.
    private static readonly int[] Seeds = [9001, 9002, 9003, 9004, 9005];
    private static readonly int[] FurtherSeeds = [9006, 9007, 9008, 9009, 9010];

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var seeds = options.IsFull ? Seeds.Concat(FurtherSeeds) : Seeds;
        HourScript[] scripts = [.. seeds.Select(seed => new HourScript(seed))];
        var changes = await FindChangesAsync(scripts, cancellationToken);
        var clean = Compare(scripts, changes, script => script.Events);
        var wrong = Compare(scripts, changes, script => script.Events, wrong: 0.05);
        var brief = Compare(scripts, changes, script => [.. script.Events, .. script.ShortEvents]);
        var hidden = Compare(scripts, changes, script => script.Unannounced);
        var bisected = scripts.Select(script => new SampledHour(script.Unannounced).Bisect()).ToArray();
        var found = scripts.Select((script, i) => brief.Hours[i].Found(script.ShortEvents)).Sum();
        return
        [
            Row.AtMost("adaptive: calls / a scan every 2 s", 0.15, clean.Calls, " x"),
            Row.AtLeast("adaptive: IoU with the truth / the scan's", 0.97, clean.Agreement, " x"),
            Row.AtMost("the same with 5 % wrong answers: calls", 0.22, wrong.Calls, " x"),
            Row.AtLeast("the same with 5 % wrong answers: IoU / that of a scan without mistakes", 0.95, wrong.Agreement, " x"),
            Row.AtLeast("events of 1 to 3 s between cuts: found", 0.9, (double)found / scripts.Sum(script => script.ShortEvents.Count), ""),
            Row.AtLeast(
                "changes without a cut: IoU / that of plain bisection",
                1,
                hidden.Hours.Average(hour => hour.Agreement()) / bisected.Average(hour => hour.Agreement()),
                " x"
            ),
            Row.AtLeast(
                "changes without a cut: found / by plain bisection",
                1,
                (double)scripts.Select((script, i) => hidden.Hours[i].Found(script.Unannounced)).Sum()
                    / scripts.Select((script, i) => bisected[i].Found(script.Unannounced)).Sum(),
                " x"
            ),
        ];
    }

    /// <summary>The product's detector on real files.</summary>
    private static async Task<IReadOnlyList<PictureChange>[]> FindChangesAsync(HourScript[] scripts, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Path.GetTempPath(), "haven-bench-hours-1");
        var changes = new IReadOnlyList<PictureChange>[scripts.Length];
        await using var services = new ServiceCollection().AddLogging().AddMedia().BuildServiceProvider();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, scripts.Length),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                var path = await new HourVideo(scripts[i]).MakeAsync(folder, token);
                await using var input = await services
                    .GetRequiredService<MediaGateway>()
                    .OpenAsync(new MediaLocation.LocalFile(path), token);
                var facts = await services.GetRequiredService<MediaProbe>().ProbeAsync(input, token);
                var detector = services.GetRequiredService<ChangeDetector>();
                changes[i] = await detector.ScanAsync(input, facts, TimeSpan.Zero, facts.Duration, token);
            }
        );
        return changes;
    }

    private static Comparison Compare(
        HourScript[] scripts,
        IReadOnlyList<PictureChange>[] changes,
        Func<HourScript, IReadOnlyList<MarkerSpan>> truth,
        double wrong = 0
    )
    {
        SampledHour[] hours =
        [
            .. scripts.Select((script, i) => new SampledHour(truth(script), wrong).Play(SamplingMode.Adaptive, changes[i])),
        ];
        var dense = scripts.Select(script => new SampledHour(truth(script)).Play(SamplingMode.Linear, [])).ToArray();
        return new Comparison(
            hours,
            (double)hours.Sum(hour => hour.Looks) / dense.Sum(hour => hour.Looks),
            hours.Average(hour => hour.Agreement()) / dense.Average(hour => hour.Agreement())
        );
    }

    private sealed record Comparison(SampledHour[] Hours, double Calls, double Agreement);
}
