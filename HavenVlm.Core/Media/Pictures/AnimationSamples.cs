namespace HavenVlm.Core.Media.Pictures;

/// <summary>Chooses when an image is sampled: a still picture once, one that moves at several times over its length.</summary>
internal static class AnimationSamples
{
    private const int MinCount = 3;

    /// <summary>Most looks at one image.</summary>
    public const int MaxCount = 8;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    /// <summary>The times, ascending; about one in each interval, at least 3 and at most 8.</summary>
    public static IReadOnlyList<TimeSpan> Plan(PictureFacts facts, TimeSpan interval)
    {
        var duration = facts.Video.Duration;
        if (!facts.Moves || duration < Shortest)
        {
            return [TimeSpan.Zero];
        }

        var count = Math.Clamp((int)Math.Ceiling(duration / interval), MinCount, MaxCount);
        // In the middle of equal parts: first and last pictures are often titles or fades.
        var times = Enumerable
            .Range(0, count)
            .Select(i => TimeSpan.FromMilliseconds(Math.Round(duration.TotalMilliseconds * (i + 0.5) / count)));
        return facts.WebpPictures.Count == 0
            ? [.. times]
            : [.. times.Select(time => facts.WebpPictures.MinBy(p => (p.Time - time).Duration())!.Time).Distinct().Order()];
    }
}
