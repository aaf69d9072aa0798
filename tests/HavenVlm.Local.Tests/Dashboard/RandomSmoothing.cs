using HavenVlm.Core.Markers.Smoothing;

namespace HavenVlm.Local.Tests.Dashboard;

/// <summary>Numbers with which answers may be smoothed, however odd.</summary>
internal static class RandomSmoothing
{
    public static SmoothingParameters Next(Random random, string[] tags, int earlier = 2) =>
        new()
        {
            Plain = random.Next(6) == 0,
            ErrorSeconds = random.Next(2) == 0 ? 0 : Math.Round(8 * random.NextDouble(), 3),
            CutSeconds = random.Next(3) == 0 ? 0 : 15,
            Others = Rates(random),
            Tags = tags.Where(_ => random.Next(3) > 0).ToDictionary(tag => tag, _ => Rates(random), StringComparer.Ordinal),
            Bins = random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, 20).Select(_ => random.Next(-2000, 2001))],
            Before = earlier > 0 && random.Next(3) == 0 ? Next(random, tags, earlier - 1) : null,
        };

    public static IEnumerable<TimeSpan> CutsOf(Random random, TimeSpan duration) =>
        Enumerable
            .Range(0, random.Next(4) == 0 ? 0 : random.Next(30))
            .Select(_ => TimeSpan.FromMilliseconds(Math.Round(duration.TotalMilliseconds * random.NextDouble())))
            .Order();

    private static TagRates Rates(Random random) =>
        new(
            0.005 + (0.6 * random.NextDouble()),
            0.01 + (0.3 * random.NextDouble() * random.NextDouble()),
            0.0005 + (0.05 * random.NextDouble()),
            0.002 + (0.2 * random.NextDouble())
        );
}
