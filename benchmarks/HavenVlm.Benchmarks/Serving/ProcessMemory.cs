using System.Diagnostics;
using System.Globalization;

namespace HavenVlm.Benchmarks.Serving;

/// <summary>How much memory a process and its ffmpeg processes hold, measured again and again.</summary>
internal sealed class ProcessMemory(int process)
{
    private const double Mega = 1024 * 1024;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);
    private readonly List<(double Minutes, double Megabytes)> _samples = [];

    /// <summary>The most that the process held, in MB.</summary>
    public double Most { get; private set; }

    /// <summary>The most that one ffmpeg held, in MB.</summary>
    public double MostOfFfmpeg { get; private set; }

    /// <summary>Ffmpeg processes at once, at most.</summary>
    public int FfmpegAtOnce { get; private set; }

    /// <summary>MB a minute by which the process grows: the line with the least squares through all looks.</summary>
    public double Slope
    {
        get
        {
            var (x, y) = (_samples.Average(s => s.Minutes), _samples.Average(s => s.Megabytes));
            return _samples.Sum(s => (s.Minutes - x) * (s.Megabytes - y)) / _samples.Sum(s => Math.Pow(s.Minutes - x, 2));
        }
    }

    /// <summary>Ten means of what the process held, in MB, in order of time.</summary>
    public string Course =>
        string.Join(' ', _samples.Chunk(Math.Max(1, _samples.Count / 10)).Select(part => $"{part.Average(sample => sample.Megabytes):0}"));

    /// <summary>What the process holds now, in MB.</summary>
    public static double Now(int process)
    {
        using var own = Process.GetProcessById(process);
        return own.WorkingSet64 / Mega;
    }

    /// <summary>Forgets the growth until now, not the most.</summary>
    public void BeginSlope() => _samples.Clear();

    /// <summary>Looks until the time is over.</summary>
    public async Task WatchAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (TimeSpan passed; (passed = TimeProvider.System.GetElapsedTime(begun)) < time; )
        {
            Look(passed);
            await Task.Delay(Step, cancellationToken);
        }
    }

    /// <summary>Looks until something has ended.</summary>
    public async Task WatchAsync(Task until, CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        do
        {
            Look(TimeProvider.System.GetElapsedTime(begun));
            await Task.WhenAny(until, Task.Delay(Step, cancellationToken));
        } while (!until.IsCompleted);
        await until;
    }

    private void Look(TimeSpan at)
    {
        var now = Now(process);
        Most = Math.Max(Most, now);
        _samples.Add((at.TotalMinutes, now));
        var decoders = Process.GetProcessesByName("ffmpeg");
        var own = 0;
        foreach (var decoder in decoders)
        {
            using (decoder)
            {
                if (ParentOf(decoder.Id) is { } parent && parent != process)
                {
                    continue;
                }

                try
                {
                    MostOfFfmpeg = Math.Max(MostOfFfmpeg, decoder.WorkingSet64 / Mega);
                    own++;
                }
                catch (InvalidOperationException)
                {
                    // It has just ended.
                }
            }
        }

        FfmpegAtOnce = Math.Max(FfmpegAtOnce, own);
    }

    // Only Linux tells; elsewhere every ffmpeg on the machine counts.
    private static int? ParentOf(int id)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has just ended.
            return 0;
        }
    }
}
