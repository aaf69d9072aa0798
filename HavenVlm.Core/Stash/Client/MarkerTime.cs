namespace HavenVlm.Core.Stash.Client;

/// <summary>Times of markers: whole milliseconds with us, floating seconds (of any size and sign) in Stash.</summary>
internal static class MarkerTime
{
    private const double Limit = 1e12;

    /// <summary>The nearest millisecond; times beyond any video are cut to a year-long one.</summary>
    public static TimeSpan FromSeconds(double seconds) =>
        double.IsNaN(seconds) ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Round(Math.Clamp(seconds * 1000, -Limit, Limit)));

    /// <summary>Seconds with at most three decimals.</summary>
    public static double ToSeconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    /// <summary>The nearest millisecond.</summary>
    public static TimeSpan Round(TimeSpan time) => TimeSpan.FromMilliseconds(Math.Round(time.TotalMilliseconds));
}
