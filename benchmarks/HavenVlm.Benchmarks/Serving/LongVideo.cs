using System.Diagnostics;

namespace HavenVlm.Benchmarks.Serving;

/// <summary>Long videos that cost little to make: a short clip again and again, without encoding it again.</summary>
internal static class LongVideo
{
    /// <summary>Repeats a clip.</summary>
    public static async Task<string> OfAsync(string clip, TimeSpan length, string target, CancellationToken cancellationToken)
    {
        await RunAsync(
            ["-stream_loop", "-1", "-i", clip, "-t", $"{length.TotalSeconds:0}", "-c", "copy", "-movflags", "+faststart", target],
            cancellationToken
        );
        return target;
    }

    /// <summary>A video of 2160p that moves everywhere, as cameras and phones write it: H.264 with B-frames.</summary>
    public static async Task<string> UltraHdAsync(string folder, TimeSpan length, CancellationToken cancellationToken)
    {
        var clip = Path.Combine(folder, "clip.mp4");
        string[] source = ["-f", "lavfi", "-i", "testsrc2=size=3840x2160:rate=30:duration=4"];
        string[] encoder = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-g", "60", "-pix_fmt", "yuv420p"];
        await RunAsync([.. source, .. encoder, clip], cancellationToken);
        return await OfAsync(clip, length, Path.Combine(folder, "uhd.mp4"), cancellationToken);
    }

    private static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var ffmpeg = Process.Start(
            new ProcessStartInfo("ffmpeg", ["-v", "error", .. arguments]) { RedirectStandardInput = true, UseShellExecute = false }
        )!;
        ffmpeg.StandardInput.Close();
        await ffmpeg.WaitForExitAsync(cancellationToken);
        if (ffmpeg.ExitCode != 0)
        {
            throw new InvalidOperationException("ffmpeg could not make the video");
        }
    }
}
