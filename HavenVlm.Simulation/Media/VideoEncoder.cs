using System.Diagnostics;
using System.Globalization;

namespace HavenVlm.Simulation.Media;

/// <summary>Encodes a script's frames with ffmpeg, which gets them through a pipe.</summary>
/// <param name="ffmpeg">The ffmpeg program.</param>
internal sealed class VideoEncoder(string ffmpeg)
{
    private readonly Lazy<Task<string>> _encoders = new(() => ListEncodersAsync(ffmpeg));

    /// <summary>Writes a script's video into a file.</summary>
    /// <exception cref="InvalidOperationException">ffmpeg is missing or failed; the message holds what it said.</exception>
    public async Task EncodeAsync(SampleScript script, string path, CancellationToken cancellationToken)
    {
        var whole = script.Format == SampleFormat.Broken ? path + ".whole.mp4" : path;
        var arguments = Arguments(script, await _encoders.Value.WaitAsync(cancellationToken), whole);
        await RunAsync(arguments, (stdin, token) => WriteFramesAsync(script, stdin, token), cancellationToken);
        if (script.Rotation != 0)
        {
            await Mp4Rotation.WriteAsync(whole, script.Rotation, cancellationToken);
        }

        if (script.Format == SampleFormat.Broken)
        {
            await BreakOffAsync(whole, path, cancellationToken);
        }
    }

    private static List<string> Arguments(SampleScript script, string encoders, string path)
    {
        var invariant = CultureInfo.InvariantCulture;
        List<string> arguments =
        [
            .. new[] { "-hide_banner", "-nostdin", "-loglevel", "error", "-y" },
            .. new[] { "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{script.Width}x{script.Height}" },
            .. new[] { "-r", script.FrameRate.ToString(invariant), "-i", "pipe:0" },
        ];
        if (script.Format == SampleFormat.H264Mkv)
        {
            var tone = $"sine=frequency=220:duration={script.Duration.TotalSeconds.ToString(invariant)}";
            arguments.AddRange(["-f", "lavfi", "-i", tone, "-c:a", "aac", "-b:a", "48k"]);
        }

        arguments.AddRange(["-vf", Filter(script)]);
        arguments.AddRange(VideoCodec(script, encoders));
        var keyframes = Math.Max(1, (int)Math.Round(script.KeyframeInterval.TotalSeconds * script.FrameRate));
        if (script.Cuts.Count > 0 && script.KeyframeInterval < script.Duration)
        {
            // Encoders give every cut a keyframe of its own.
            arguments.AddRange(["-force_key_frames", string.Join(',', script.Cuts.Select(c => c.TotalSeconds.ToString(invariant)))]);
        }

        arguments.AddRange(["-g", keyframes.ToString(invariant), "-pix_fmt", "yuv420p", "-threads", "2", path]);
        return arguments;
    }

    private static string Filter(SampleScript script)
    {
        var pad = script.BarHeight > 0 ? $"pad=iw:ih+{2 * script.BarHeight}:0:{script.BarHeight}:black," : "";
        // Stored turned the other way, so that the rotation which the file asks for puts it upright.
        var turn = script.Rotation switch
        {
            90 => "transpose=cclock,",
            180 => "hflip,vflip,",
            270 => "transpose=clock,",
            _ => "",
        };
        return $"{pad}{turn}format=yuv420p";
    }

    // Some distributions leave encoders out for their licences; what the pictures show stays the same.
    private static string[] VideoCodec(SampleScript script, string encoders)
    {
        if (script.Format == SampleFormat.Vp9WebM)
        {
            return encoders.Contains(" libvpx-vp9 ", StringComparison.Ordinal)
                ? ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-crf", "32", "-b:v", "0"]
                : ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-crf", "12", "-b:v", "2M"];
        }

        if (encoders.Contains(" libx264 ", StringComparison.Ordinal))
        {
            // Keyframes are where they were asked for; what the encoder takes for a cut in flat pictures is a matter of luck.
            return ["-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-sc_threshold", "0"];
        }

        return encoders.Contains(" libopenh264 ", StringComparison.Ordinal)
            ? ["-c:v", "libopenh264", "-b:v", "1M"]
            : ["-c:v", "mpeg4", "-q:v", "3"];
    }

    private static async Task WriteFramesAsync(SampleScript script, Stream stdin, CancellationToken cancellationToken)
    {
        var artist = new SceneArtist(script);
        var count = (int)Math.Round(script.Duration.TotalSeconds * script.FrameRate);
        for (var i = 0; i < count; i++)
        {
            var frame = artist.Draw(TimeSpan.FromSeconds((double)i / script.FrameRate));
            await stdin.WriteAsync(frame.Pixels, cancellationToken);
        }
    }

    private static async Task BreakOffAsync(string whole, string path, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(whole, cancellationToken);
        File.Delete(whole);
        // An MP4's index is at its end, so nothing in the first part can be found.
        await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)], cancellationToken);
    }

    private static async Task<string> ListEncodersAsync(string ffmpeg)
    {
        using var process = Start(ffmpeg, ["-hide_banner", "-encoders"]);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var list = await process.StandardOutput.ReadToEndAsync();
        await errors;
        await process.WaitForExitAsync();
        return list;
    }

    /// <summary>Runs ffmpeg on what is fed to it.</summary>
    /// <exception cref="InvalidOperationException">ffmpeg is missing or failed; the message holds what it said.</exception>
    internal async Task RunAsync(List<string> arguments, Func<Stream, CancellationToken, Task> feed, CancellationToken cancellationToken)
    {
        using var process = Start(ffmpeg, arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            try
            {
                await feed(process.StandardInput.BaseStream, cancellationToken);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // ffmpeg went away early; its own message, read below, says why.
            }

            await process.WaitForExitAsync(cancellationToken);
            await output;
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"ffmpeg could not make a sample video (exit code {process.ExitCode}): {await errors}");
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static Process Start(string ffmpeg, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(ffmpeg)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException(
                $"ffmpeg is needed to make the sample videos, but '{ffmpeg}' did not start: {e.Message}",
                e
            );
        }
    }
}
