using System.Globalization;

namespace HavenVlm.Core.Common;

/// <summary>Times as people read them.</summary>
internal static class TimeText
{
    /// <summary>A position as a player shows it, to the millisecond where there is a fraction: <c>1:02:03.5</c>, <c>2:03</c> or <c>0:03.25</c>.</summary>
    public static string Clock(TimeSpan time)
    {
        var hours = (int)time.TotalHours;
        var seconds = (time.TotalSeconds % 60).ToString("00.###", CultureInfo.InvariantCulture);
        return hours > 0 ? $"{hours}:{time.Minutes:00}:{seconds}" : $"{time.Minutes}:{seconds}";
    }

    /// <summary>A stretch of a video in whole seconds: <c>0:34-0:45</c>.</summary>
    public static string Range(TimeSpan start, TimeSpan end) => $"{Clock(Whole(start))}-{Clock(Whole(end))}";

    /// <summary>How long something took: <c>58 s</c>, <c>3 min 20 s</c> or <c>1 h 05 min</c>.</summary>
    public static string Elapsed(double seconds) =>
        Math.Round(seconds) switch
        {
            < 60 and var s => string.Create(CultureInfo.InvariantCulture, $"{s:0} s"),
            < 3600 and var s => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(s / 60):0} min {s % 60:00} s"),
            var s => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(s / 3600):0} h {Math.Floor(s / 60 % 60):00} min"),
        };

    /// <summary>A count with its noun: <c>1 marker</c>, <c>2 markers</c>.</summary>
    public static string Count(double count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:0.##} {noun}") + (count is 1 ? "" : "s");

    private static TimeSpan Whole(TimeSpan time) => TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
}
