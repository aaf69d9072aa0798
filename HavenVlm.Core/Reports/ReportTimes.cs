using System.Globalization;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Reports;

/// <summary>Times and numbers as the report shows them.</summary>
internal static class ReportTimes
{
    private static readonly double[] Steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

    /// <summary>1:02:03.5, 2:03 or 0:03.25.</summary>
    public static string Clock(TimeSpan time) => TimeText.Clock(time);

    /// <summary>A length: 950 ms, 12.5 s, 3 min 20 s, 1 h 5 min.</summary>
    public static string Length(TimeSpan time) =>
        time switch
        {
            { TotalSeconds: < 1 } => Number(time.TotalMilliseconds, "0") + " ms",
            { TotalMinutes: < 1 } => Number(time.TotalSeconds, "0.#") + " s",
            { TotalHours: < 1 } => $"{time.Minutes} min" + (time.Seconds > 0 ? $" {time.Seconds} s" : ""),
            _ => $"{(int)time.TotalHours} h" + (time.Minutes > 0 ? $" {time.Minutes} min" : ""),
        };

    /// <summary>The share in percent of a length, for positions in CSS.</summary>
    public static string Percent(TimeSpan time, TimeSpan whole) =>
        Number(whole > TimeSpan.Zero ? Math.Clamp(100 * (time / whole), 0, 100) : 0, "0.###");

    public static string Number(double number, string format = "0.##") => number.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>Round times at which the axis is labelled, at most a dozen.</summary>
    public static IEnumerable<TimeSpan> Ticks(TimeSpan duration)
    {
        var step = Array.Find(Steps, s => duration.TotalSeconds / s <= 12);
        step = step > 0 ? step : Math.Ceiling(duration.TotalHours / 12) * 3600;
        for (var time = 0.0; time <= duration.TotalSeconds; time += step)
        {
            yield return TimeSpan.FromSeconds(time);
        }
    }
}
