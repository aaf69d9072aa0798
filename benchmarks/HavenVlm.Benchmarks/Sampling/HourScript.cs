using HavenVlm.Core.Markers;

namespace HavenVlm.Benchmarks.Sampling;

/// <summary>What an hour of video shows: shots, and when each tag is visible.</summary>
internal sealed class HourScript
{
    private const int Spans = 20;
    private const int ShortShots = 6;
    private const int FurtherCuts = 40;
    private const double BordersAtCuts = 0.7;
    private readonly Random _random;

    /// <param name="seed">Everything about the hour follows from it.</param>
    public HourScript(int seed)
    {
        Seed = seed;
#pragma warning disable CA5394 // The same hours in every run.
        _random = new Random(seed);
        var cuts = new SortedSet<TimeSpan>();
        var events = new List<MarkerSpan>();
        for (var i = 0; i < Spans; i++)
        {
            var span = Span(Length());
            events.Add(span);
            TimeSpan[] borders = [span.Start, span.End];
            cuts.UnionWith(borders.Where(_ => _random.NextDouble() < BordersAtCuts));
        }

        Events = events;
        ShortEvents = [.. Enumerable.Range(0, ShortShots).Select(_ => Span(1 + (2 * _random.NextDouble())))];
        cuts.UnionWith(ShortEvents.SelectMany(span => new[] { span.Start, span.End }));
        cuts.UnionWith(Enumerable.Range(0, FurtherCuts).Select(_ => Time(3600 * _random.NextDouble())));
        Cuts = [.. cuts];
        // The cuts know nothing of these.
        Unannounced = [.. Enumerable.Range(0, Spans).Select(_ => Span(Length()))];
#pragma warning restore CA5394
    }

    public static IReadOnlyList<string> Tags { get; } = [.. Enumerable.Range(0, 36).Select(i => $"Tag {i}")];

    public static TimeSpan Duration { get; } = TimeSpan.FromHours(1);

    public int Seed { get; }

    /// <summary>Most begin and end at a cut, the others at any moment; about a minute and a half long.</summary>
    public IReadOnlyList<MarkerSpan> Events { get; }

    /// <summary>Shots of one to three seconds.</summary>
    public IReadOnlyList<MarkerSpan> ShortEvents { get; }

    /// <summary>As many as <see cref="Events"/>, at moments that no cut announces.</summary>
    public IReadOnlyList<MarkerSpan> Unannounced { get; }

    public IReadOnlyList<TimeSpan> Cuts { get; }

    /// <summary>Log-normal.</summary>
    private double Length()
    {
#pragma warning disable CA5394 // The same hours in every run.
        var normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
        return Math.Max(6, Math.Exp(Math.Log(73) + (0.8 * normal)));
    }

    private MarkerSpan Span(double length)
    {
        var start = _random.NextDouble() * 3590;
        return new MarkerSpan(Tags[_random.Next(Tags.Count)], Time(start), Time(Math.Min(3600, start + length)), 0.9);
#pragma warning restore CA5394
    }

    /// <summary>On a frame of the video.</summary>
    private static TimeSpan Time(double seconds) =>
        TimeSpan.FromMilliseconds(HourVideo.FrameTime * Math.Round(seconds * 1000 / HourVideo.FrameTime));
}
