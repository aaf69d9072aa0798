using System.Collections;
using System.Diagnostics;
using System.Globalization;

namespace HavenVlm.Core.Media.Ffmpeg;

/// <summary>
/// How ffmpeg is started: with none of our environment but what a driver or loader needs (no secrets, no proxies), and under limits of
/// memory, processor time and files where the platform has <c>prlimit</c>, and by the programs of <see cref="FfmpegConfinement"/>.
/// </summary>
internal static class FfmpegSandbox
{
    private static readonly string[] Kept =
    [
        "PATH",
        "LD_LIBRARY_PATH",
        "LIBVA_DRIVER_NAME",
        "LIBVA_DRIVERS_PATH",
        "NVIDIA_VISIBLE_DEVICES",
        "NVIDIA_DRIVER_CAPABILITIES",
        "CUDA_VISIBLE_DEVICES",
        "SystemRoot",
        "SystemDrive",
        "TEMP",
        "TMP",
    ];

    // Only the platform's own: whoever can write there needs no ffmpeg.
    private static readonly string[] PlatformFolders = ["/usr/bin", "/bin"];
    private static readonly string? Prlimit = PlatformProgram("prlimit");

    /// <summary>Pipes for everything, an environment without secrets, no limits.</summary>
    public static ProcessStartInfo Plain(string binary, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(binary)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Environment
            .GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .Where(entry => !Kept.Contains((string)entry.Key, StringComparer.OrdinalIgnoreCase))
            .ToList()
            .ForEach(entry => start.Environment.Remove((string)entry.Key));
        return start;
    }

    /// <summary>As <see cref="Plain"/>, with limits. A decoder that outlives us for whatever reason ends by its processor time.</summary>
    /// <param name="binary">Path of the program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="limits">What it may use.</param>
    /// <param name="before">Start of a command line that takes more from it; empty = none.</param>
    public static ProcessStartInfo Limited(
        string binary,
        IEnumerable<string> arguments,
        FfmpegLimits limits,
        params IEnumerable<string> before
    )
    {
        IReadOnlyList<string> command = [.. before, binary, .. arguments];
        if (Prlimit is null)
        {
            return Plain(command[0], command.Skip(1));
        }

        var invariant = CultureInfo.InvariantCulture;
        return Plain(
            Prlimit,
            [
                string.Create(invariant, $"--data={limits.MemoryBytes}"),
                string.Create(invariant, $"--cpu={(long)Math.Ceiling(limits.ProcessorTime.TotalSeconds)}"),
                "--core=0",
                "--fsize=0",
                "--nofile=64",
                "--",
                .. command,
            ]
        );
    }

    /// <summary>Path of a program that Linux systems bring; null = not here.</summary>
    public static string? PlatformProgram(string name) =>
        OperatingSystem.IsLinux() ? PlatformFolders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) : null;
}

/// <summary>What one ffmpeg may use.</summary>
/// <param name="MemoryBytes">Private memory.</param>
/// <param name="ProcessorTime">Processor time over all its threads.</param>
internal sealed record FfmpegLimits(long MemoryBytes, TimeSpan ProcessorTime)
{
    /// <summary>Enough for 8K video in software.</summary>
    public static FfmpegLimits Default { get; } = new(3L << 30, TimeSpan.FromMinutes(30));

    /// <summary>With a graphics driver, which maps far more than it uses.</summary>
    public static FfmpegLimits Hardware { get; } = new(16L << 30, TimeSpan.FromMinutes(30));
}
