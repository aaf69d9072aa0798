using FFMpegCore.Pipes;
using HavenVlm.Simulation.Media;

namespace HavenVlm.Benchmarks.Sampling;

/// <summary>
/// Draws an hour and encodes it, H.264 with the encoder's own cut detection and a keyframe every ten seconds at the latest. Each shot has
/// its own backdrop; something moves all the time, there is noise, and half of what begins without a cut comes in visibly.
/// </summary>
internal sealed class HourVideo(HourScript script)
{
    /// <summary>Milliseconds from frame to frame.</summary>
    public const int FrameTime = 200;

    private const int Width = 256;
    private const int Height = 144;
    private const int Cells = 6;
    private readonly byte[] _noise = Noise(script.Seed);
    private readonly byte[] _frame = new byte[Width * Height];

    /// <summary>Made once; the next run finds it.</summary>
    public async Task<string> MakeAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"hour-{script.Seed}.mp4");
        if (File.Exists(path))
        {
            return path;
        }

        var making = Path.Combine(folder, $"making-{Guid.NewGuid():N}.mp4");
        try
        {
            await new FfmpegFrames("ffmpeg").EncodeAsync(
                Frames(),
                1000.0 / FrameTime,
                making,
                _ => { },
                output =>
                    output
                        .WithCustomArgument("-c:v libx264 -preset ultrafast -sc_threshold 40 -pix_fmt yuv420p")
                        .WithGopSize(10_000 / FrameTime)
                        .WithConstantRateFactor(26)
                        .WithThreads(1),
                cancellationToken
            );
            File.Move(making, path, overwrite: true);
        }
        finally
        {
            File.Delete(making);
        }

        return path;
    }

    private IEnumerable<IVideoFrame> Frames()
    {
        var shot = -1;
        var backdrop = new byte[_frame.Length];
        var comings = script.Events.Where((span, i) => i % 2 == 0 && !script.Cuts.Contains(span.Start)).ToArray();
        for (var i = 0; i < HourScript.Duration.TotalMilliseconds / FrameTime; i++)
        {
            var time = TimeSpan.FromMilliseconds(i * FrameTime);
            var now = script.Cuts.Count(cut => cut <= time);
            if (now != shot)
            {
                shot = now;
                backdrop = Backdrop((script.Seed * 1000) + shot);
            }

            Draw(backdrop, time, i);
            foreach (var coming in comings.Where(span => span.Start <= time && time < span.End))
            {
                Fill(Width * 3 / 5, Height / 4, Width / 5, Height * 3 / 5, (byte)(coming.Tag.Length % 2 == 0 ? 235 : 20));
            }

            yield return new RawFrame(Width, Height, "gray", _frame);
        }
    }

    private void Draw(byte[] backdrop, TimeSpan time, int number)
    {
        // A slow flicker of the light, and grain that is different in every frame.
        var light = (int)Math.Round(3 * Math.Sin(time.TotalSeconds));
        var offset = number * 7919 % _frame.Length;
        for (var i = 0; i < _frame.Length; i++)
        {
            _frame[i] = (byte)Math.Clamp(backdrop[i] + light + _noise[(i + offset) % _noise.Length] - 4, 0, 255);
        }

        // Somebody who walks to and fro.
        var x = (int)((Width / 2 * (1 + Math.Sin(time.TotalSeconds * 0.7))) * 0.8);
        Fill(x, Height / 2, Width / 8, Height / 3, 128);
    }

    private void Fill(int x, int y, int width, int height, byte level)
    {
        for (var row = y; row < Math.Min(Height, y + height); row++)
        {
            _frame.AsSpan((row * Width) + x, Math.Min(width, Width - x)).Fill(level);
        }
    }

#pragma warning disable CA5394 // The same hours in every run.
    /// <summary>Random levels at a few places, smooth between them.</summary>
    private static byte[] Backdrop(int seed)
    {
        var random = new Random(seed);
        var levels = new double[(Cells + 1) * (Cells + 1)];
        for (var i = 0; i < levels.Length; i++)
        {
            levels[i] = 30 + (190 * random.NextDouble());
        }

        var backdrop = new byte[Width * Height];
        for (var i = 0; i < backdrop.Length; i++)
        {
            var (x, y) = ((double)(i % Width) * Cells / Width, (double)(i / Width) * Cells / Height);
            var (left, top) = ((int)x, (int)y);
            var (right, down) = (x - left, y - top);
            backdrop[i] = (byte)(
                ((1 - down) * (((1 - right) * levels[(top * (Cells + 1)) + left]) + (right * levels[(top * (Cells + 1)) + left + 1])))
                + (
                    down
                    * (((1 - right) * levels[((top + 1) * (Cells + 1)) + left]) + (right * levels[((top + 1) * (Cells + 1)) + left + 1]))
                )
            );
        }

        return backdrop;
    }

    private static byte[] Noise(int seed)
    {
        var random = new Random(seed);
        var noise = new byte[Width * Height];
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] = (byte)random.Next(9);
        }

        return noise;
    }
#pragma warning restore CA5394
}
