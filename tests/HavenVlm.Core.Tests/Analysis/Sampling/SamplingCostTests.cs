using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Analysis.Sampling;

/// <summary>What adaptive sampling costs and finds, over hours of about twenty spans each, against a dense scan of the same hours.</summary>
public sealed class SamplingCostTests
{
    private const int Hours = 5;
    private const int DenseLooks = 1800;
    private static readonly string[] TagNames = [.. Enumerable.Range(0, 36).Select(i => $"Tag {i}")];

    [Theory]
    [InlineData(0.7, 40, 0.15)]
    [InlineData(0.8, 100, 0.16)]
    [InlineData(1, 0, 0.13)]
    [InlineData(0, 0, 0.19)]
    public void A_seventh_of_the_looks_finds_as_much_as_a_dense_scan(double bordersAtCuts, int furtherCuts, double share)
    {
        var hours = Play(seed: 1, bordersAtCuts, furtherCuts, shortEvents: 0, wrong: 0, SamplingMode.Adaptive);
        var dense = Play(seed: 1, bordersAtCuts, furtherCuts, shortEvents: 0, wrong: 0, SamplingMode.Linear);
        Assert.InRange(Looks(hours), 0, share);
        Assert.True(Agreement(hours) >= 0.97 * Agreement(dense), $"{Agreement(hours)} of {Agreement(dense)}");
    }

    [Theory]
    [InlineData(0.7, 40, 0.2)]
    [InlineData(0, 0, 0.24)]
    public void One_wrong_answer_in_twenty_costs_little_more(double bordersAtCuts, int furtherCuts, double share)
    {
        var hours = Play(seed: 2, bordersAtCuts, furtherCuts, shortEvents: 0, wrong: 0.05, SamplingMode.Adaptive);
        var dense = Play(seed: 2, bordersAtCuts, furtherCuts, shortEvents: 0, wrong: 0, SamplingMode.Linear);
        Assert.InRange(Looks(hours), 0, share);
        Assert.True(Agreement(hours) >= 0.95 * Agreement(dense), $"{Agreement(hours)} of {Agreement(dense)}");
    }

    [Fact]
    public void Short_events_between_cuts_are_found()
    {
        var hours = Play(seed: 3, bordersAtCuts: 0.8, furtherCuts: 20, shortEvents: 6, wrong: 0, SamplingMode.Adaptive);
        var events = hours.SelectMany(hour =>
            hour.Truth.Where(span => span.Length.TotalSeconds <= 3)
                .Select(span => hour.Markers().Markers.Any(found => Overlaps(found, span)))
        );
        Assert.InRange(events.Average(found => found ? 1 : 0), 0.9, 1);
        Assert.InRange(Looks(hours), 0, 0.16);
    }

    private static bool Overlaps(MarkerSpan found, MarkerSpan span) =>
        string.Equals(found.Tag, span.Tag, StringComparison.Ordinal) && found.Start < span.End && found.End > span.Start;

    private static double Looks(IReadOnlyList<ImaginedVideo> hours) => hours.Average(hour => (double)hour.Looks / DenseLooks);

    private static double Agreement(IReadOnlyList<ImaginedVideo> hours) => hours.Average(hour => hour.Agreement());

    private static List<ImaginedVideo> Play(
        int seed,
        double bordersAtCuts,
        int furtherCuts,
        int shortEvents,
        double wrong,
        SamplingMode mode
    ) =>
        [
            .. Enumerable
                .Range(0, Hours)
                .Select(hour => Hour((seed * 100) + hour, bordersAtCuts, furtherCuts, shortEvents, wrong, mode).Play()),
        ];

    private static ImaginedVideo Hour(int seed, double bordersAtCuts, int furtherCuts, int shortEvents, double wrong, SamplingMode mode)
    {
#pragma warning disable CA5394 // The same hours in every run.
        var random = new Random(seed);
        var spans = new List<MarkerSpan>();
        var cuts = new SortedSet<TimeSpan>();
        for (var i = 0; i < 20; i++)
        {
            // Lengths of a log-normal distribution, a minute and a half on average.
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var span = Span(random, Math.Max(6, Math.Exp(Math.Log(73) + (0.8 * normal))));
            spans.Add(span);
            TimeSpan[] borders = [span.Start, span.End];
            cuts.UnionWith(borders.Where(_ => random.NextDouble() < bordersAtCuts));
        }

        for (var i = 0; i < shortEvents; i++)
        {
            var span = Span(random, 1 + (2 * random.NextDouble()));
            spans.Add(span);
            cuts.UnionWith([span.Start, span.End]);
        }

        for (var i = 0; i < furtherCuts; i++)
        {
            cuts.Add(Milliseconds(3600 * random.NextDouble()));
        }

        var mistakes = new Random(seed);
        var said = new Dictionary<TimeSpan, string[]?>();
        return new ImaginedVideo
        {
            Duration = TimeSpan.FromHours(1),
            Tags = Frames.Tags(TagNames),
            Truth = spans,
            Cuts = [.. cuts],
            Mistakes = time =>
            {
                if (!said.TryGetValue(time, out var tags))
                {
                    tags = mistakes.NextDouble() < wrong ? [TagNames[mistakes.Next(TagNames.Length)]] : null;
                    said.Add(time, tags);
                }

                return tags;
            },
            Settings = new SamplingSettings
            {
                Mode = mode,
                FrameInterval = TimeSpan.FromSeconds(2),
                BoundaryPrecision = TimeSpan.FromMilliseconds(500),
                ChunkFrames = 60,
            },
        };
#pragma warning restore CA5394
    }

    private static MarkerSpan Span(Random random, double length)
    {
#pragma warning disable CA5394 // The same hours in every run.
        var start = random.NextDouble() * 3590;
        return new MarkerSpan(
            TagNames[random.Next(TagNames.Length)],
            Milliseconds(start),
            Milliseconds(Math.Min(3600, start + length)),
            0.9
        );
#pragma warning restore CA5394
    }

    private static TimeSpan Milliseconds(double seconds) => TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
}
