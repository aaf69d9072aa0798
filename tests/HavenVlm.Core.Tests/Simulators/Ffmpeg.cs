using System.Diagnostics;

namespace HavenVlm.Core.Tests.Simulators;

/// <summary>Runs ffmpeg for what the simulators' tests look at.</summary>
internal static class Ffmpeg
{
    /// <summary>The frame shown at a time as JPEG; empty when there is none.</summary>
    public static Task<byte[]> FrameAsync(string video, double seconds, string filter = "null", int quality = 4) =>
        RunAsync(
            ["-loglevel", "error", "-ss", $"{seconds}", "-i", video, "-frames:v", "1", "-vf", filter],
            ["-q:v", $"{quality}", "-f", "mjpeg", "pipe:1"]
        );

    private static async Task<byte[]> RunAsync(params string[][] arguments)
    {
        var start = new ProcessStartInfo("ffmpeg")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments.SelectMany(a => a))
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        await errors;
        return output.ToArray();
    }
}
