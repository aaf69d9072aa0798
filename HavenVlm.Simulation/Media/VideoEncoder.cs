using System.Globalization;
using FFMpegCore;
using FFMpegCore.Pipes;

namespace HavenVlm.Simulation.Media;

/// <summary>Encodes a script's frames with ffmpeg.</summary>
/// <param name="ffmpeg">The ffmpeg program.</param>
internal sealed class VideoEncoder(string ffmpeg)
{
    private readonly FfmpegFrames _frames = new(ffmpeg);

    /// <summary>What ffmpeg prints about itself.</summary>
    public Task<string> VersionAsync(CancellationToken cancellationToken) => _frames.VersionAsync(cancellationToken);

    /// <summary>Writes a script's video into a file.</summary>
    /// <exception cref="InvalidOperationException">ffmpeg is missing or failed; the message holds what it said.</exception>
    public async Task EncodeAsync(SampleScript script, string path, CancellationToken cancellationToken)
    {
        var whole = script.Format == SampleFormat.Broken ? path + ".whole.mp4" : path;
        var encoders = await _frames.EncodersAsync(cancellationToken);
        await _frames.EncodeAsync(
            Frames(script),
            script.FrameRate,
            whole,
            input => AddSound(input, script),
            output => Describe(output, script, encoders),
            cancellationToken
        );
        if (script.Rotation != 0)
        {
            await Mp4Rotation.WriteAsync(whole, script.Rotation, cancellationToken);
        }

        if (script.Format == SampleFormat.Broken)
        {
            await BreakOffAsync(whole, path, cancellationToken);
        }
    }

    private static IEnumerable<IVideoFrame> Frames(SampleScript script)
    {
        var artist = new SceneArtist(script);
        var count = (int)Math.Round(script.Duration.TotalSeconds * script.FrameRate);
        for (var i = 0; i < count; i++)
        {
            yield return RawFrame.Of(artist.Draw(TimeSpan.FromSeconds((double)i / script.FrameRate)));
        }
    }

    private static void AddSound(FFMpegArguments input, SampleScript script)
    {
        if (script.Format == SampleFormat.H264Mkv)
        {
            var seconds = script.Duration.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            input.AddDeviceInput($"sine=frequency=220:duration={seconds}", options => options.WithCustomArgument("-f lavfi"));
        }
    }

    private static void Describe(FFMpegOutputOptions output, SampleScript script, string encoders)
    {
        if (script.Format == SampleFormat.H264Mkv)
        {
            output.WithCustomArgument("-c:a aac").WithAudioBitrate(48);
        }

        output.WithCustomArgument($"-vf {Filter(script)}").WithCustomArgument(VideoCodec(script, encoders));
        var keyframes = Math.Max(1, (int)Math.Round(script.KeyframeInterval.TotalSeconds * script.FrameRate));
        if (script.Cuts.Count > 0 && script.KeyframeInterval < script.Duration)
        {
            // Encoders give every cut a keyframe of its own.
            var cuts = script.Cuts.Select(cut => cut.TotalSeconds.ToString(CultureInfo.InvariantCulture));
            output.WithCustomArgument($"-force_key_frames {string.Join(',', cuts)}");
        }

        output.WithGopSize(keyframes).WithCustomArgument("-pix_fmt yuv420p").WithThreads(2);
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

    // Some distributions leave encoders out for their licenses; what the pictures show stays the same.
    private static string VideoCodec(SampleScript script, string encoders)
    {
        if (script.Format == SampleFormat.Vp9WebM)
        {
            return encoders.Contains(" libvpx-vp9 ", StringComparison.Ordinal)
                ? "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -crf 32 -b:v 0"
                : "-c:v libvpx -deadline realtime -cpu-used 8 -crf 12 -b:v 2M";
        }

        if (encoders.Contains(" libx264 ", StringComparison.Ordinal))
        {
            // Keyframes are where they were asked for; what the encoder takes for a cut in flat pictures is a matter of luck.
            return "-c:v libx264 -preset veryfast -crf 22 -sc_threshold 0";
        }

        return encoders.Contains(" libopenh264 ", StringComparison.Ordinal) ? "-c:v libopenh264 -b:v 1M" : "-c:v mpeg4 -q:v 3";
    }

    private static async Task BreakOffAsync(string whole, string path, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(whole, cancellationToken);
        File.Delete(whole);
        // An MP4's index is at its end, so nothing in the first part can be found.
        await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)], cancellationToken);
    }
}
