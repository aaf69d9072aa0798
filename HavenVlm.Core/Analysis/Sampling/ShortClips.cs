namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>A clip of seconds is sampled more closely than a film: what fills a quarter of it must not fall between two looks.</summary>
internal static class ShortClips
{
    private const int FewestLooks = 8;

    // All but the last divide a second, so that a tag that is on for one gets a marker of one, wherever it begins between two looks.
    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromSeconds(1),
        TimeSpan.FromMilliseconds(500),
        TimeSpan.FromMilliseconds(250),
        TimeSpan.FromMilliseconds(100),
    ];

    /// <summary>Time between looks: as configured, or less where so few looks would fit into the clip.</summary>
    public static TimeSpan Interval(TimeSpan configured, TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero || configured * FewestLooks <= duration)
        {
            return configured;
        }

        var closer = Array.Find(Steps, step => step * FewestLooks <= duration);
        closer = closer > TimeSpan.Zero ? closer : Steps[^1];
        return closer < configured ? closer : configured;
    }
}
