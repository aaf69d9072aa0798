using HavenVlm.Core.Markers.Smoothing;

namespace HavenVlm.Benchmarks.Noise;

/// <summary>
/// What smoothing makes of a model's errors: answers in memory, a look every two seconds, ten videos of which each learns from the ones before.
/// </summary>
internal static class NoiseTable
{
    private const int Videos = 10;

    // None of them was used when the constants of the smoothing were chosen.
    private static readonly int[] Seeds = [71_000, 72_000, 73_000];

    private static readonly NoiseRow[] Rows =
    [
        new("0 / 0", 0, 0)
        {
            LeastIou = 0.955,
            LeastFound = 1,
            MostInvented = 0,
        },
        new("10 % / 1 %", 0.1, 0.01)
        {
            LeastIou = 0.94,
            LeastFound = 0.96,
            MostInvented = 1,
        },
        new("20 % / 2 %", 0.2, 0.02)
        {
            LeastIou = 0.92,
            LeastFound = 0.87,
            MostInvented = 3,
        },
        new("30 % / 3 %", 0.3, 0.03)
        {
            LeastIou = 0.89,
            LeastFound = 0.8,
            MostInvented = 2,
        },
        new("20 % / 2 % for 5 s", 0.2, 0.02)
        {
            Burst = 5,
            LeastFound = 0.78,
            BeatsPlain = true,
        },
        new("dense, 0 / 0", 0, 0) { IsDense = true, LeastIou = 0.84 },
        new("dense, 10 % / 1 %", 0.1, 0.01)
        {
            IsDense = true,
            LeastIou = 0.8,
            LeastFound = 0.96,
            MostInvented = 2,
        },
        new("dense, 20 % / 2 %", 0.2, 0.02)
        {
            IsDense = true,
            LeastIou = 0.75,
            LeastFound = 0.92,
            MostInvented = 4,
        },
        new("36 tags, 20 % / 2 %", 0.2, 0.02) { Tags = 36, MostAbsent = 0.1 },
        new("36 tags, 40 % / 40 %", 0.4, 0.4) { Tags = 36, MostAbsent = 0.1 },
    ];

    public static Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<int> seeds = options.IsFull ? Seeds : Seeds[..1];
        IReadOnlyList<Row> rows = [.. Rows.SelectMany(row => Measured(row, seeds, cancellationToken))];
        return Task.FromResult(rows);
    }

    private static IEnumerable<Row> Measured(NoiseRow row, IReadOnlyList<int> seeds, CancellationToken cancellationToken)
    {
        var scores = seeds.SelectMany(seed => Learning(row, seed, cancellationToken)).ToList();
        var iou = scores.Average(score => score.Smoothed.Iou);
        var invented = scores.Average(score => score.Smoothed.Invented);
        var plain = scores.Average(score => score.Plain.Iou);
        if (row.LeastIou is { } leastIou)
        {
            yield return Row.AtLeast($"noise {row.Name}: IoU (plain rule {plain:0.000})", leastIou, iou, "");
            yield return Row.AtLeast($"noise {row.Name}: worst IoU", leastIou - 0.03, scores.Min(score => score.Smoothed.Iou), "");
        }

        if (row.LeastFound is { } leastFound)
        {
            yield return Row.AtLeast($"noise {row.Name}: spans found", leastFound, scores.Average(score => score.Smoothed.Found), "");
        }

        if (row.MostInvented is { } mostInvented)
        {
            var before = scores.Average(score => score.Plain.Invented);
            yield return Row.AtMost($"noise {row.Name}: markers invented (plain rule {before:0.0})", mostInvented, invented, "");
        }

        if (row.BeatsPlain)
        {
            var half = scores.Average(score => score.Plain.Invented) / 2;
            yield return Row.AtLeast($"noise {row.Name}: IoU", plain, iou, "");
            yield return Row.AtMost($"noise {row.Name}: markers invented", half, invented, "");
        }

        if (row.MostAbsent is { } mostAbsent)
        {
            var absent = scores.Average(score => score.Smoothed.Absent);
            yield return Row.AtMost($"noise {row.Name}: markers of a tag that never occurs", mostAbsent, absent, "");
        }
    }

    private static List<(NoiseScore Smoothed, NoiseScore Plain)> Learning(NoiseRow row, int seed, CancellationToken cancellationToken)
    {
        var learned = new SmoothingStatistics();
        var scores = new List<(NoiseScore Smoothed, NoiseScore Plain)>();
        for (var video = 0; video < Videos; video++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var noisy = new NoisyVideo(seed + video, (7 * seed) + video, row);
            var fit = NoiseScore.Fit(noisy, learned);
            learned = learned.Plus(fit.Counted);
            scores.Add((NoiseScore.Of(noisy, fit.Parameters), NoiseScore.Of(noisy, smoothing: null)));
        }

        return scores;
    }
}
