using System.Globalization;

namespace HavenVlm.Benchmarks.Decoding;

/// <summary>Seconds of processor time of this process and of the programs that it started and that have ended.</summary>
internal static class CpuMeter
{
    // User and system time of the process and of its ended children in /proc/self/stat, in hundredths of a second (see proc(5)).
    private const int FirstTime = 13;
    private const int Times = 4;
    private const double TicksPerSecond = 100;

    // Below this the clock's steps are some percent: the median of so many runs is taken.
    private const double Short = 0.5;
    private const int RunsOfShort = 5;

    /// <summary>What an action takes, and where that is little, the median of five times.</summary>
    /// <exception cref="PlatformNotSupportedException">Only Linux tells what ended programs took.</exception>
    public static async Task<double> MeasureAsync(Func<Task<double>> measure)
    {
        var first = await measure();
        return first < Short ? await Median.OfAsync(RunsOfShort, measure) : first;
    }

    /// <summary>What an action takes.</summary>
    /// <exception cref="PlatformNotSupportedException">Only Linux tells what ended programs took.</exception>
    public static async Task<double> MeasureOnceAsync(Func<Task> action)
    {
        var before = Read();
        await action();
        return Read() - before;
    }

    private static double Read()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("processor time of ended programs is only measured on Linux");
        }

        var stat = File.ReadAllText("/proc/self/stat");
        // The name, in brackets, may hold spaces; what follows it begins with the third field.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[(FirstTime - 2)..(FirstTime - 2 + Times)].Sum(field => long.Parse(field, CultureInfo.InvariantCulture))
            / TicksPerSecond;
    }
}
