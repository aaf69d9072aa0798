using System.Globalization;
using HavenVlm.Core.Media;

namespace HavenVlm.Benchmarks.Decoding;

/// <summary>The ways in which ffmpeg alone takes a frame of a video each interval, scaled as ours and as JPEG; processor seconds of each.</summary>
internal sealed class Strategies(SampleVideo video, string path, string pictureFilter, TimeSpan length, TimeSpan interval)
{
    // Frames sought at most; the rest costs the same.
    private const int Sought = 6;
    private readonly string _step = interval.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    private bool KeyframesServe => video.Gop <= interval.TotalSeconds / 2;

    /// <summary>One pass with the <c>fps</c> filter.</summary>
    public Task<double> FpsFilterAsync(CancellationToken cancellationToken) => PassAsync([], $"fps=1/{_step}", cancellationToken);

    /// <summary>Those, with one pass that was measured already, whose samples stay within a quarter interval, by name.</summary>
    public async Task<IReadOnlyDictionary<string, double>> EligibleAsync(double onePass, CancellationToken cancellationToken)
    {
        var selected = string.Create(
            CultureInfo.InvariantCulture,
            $"select='isnan(prev_selected_t)+gte(floor((t+0.1)/{_step}),floor((prev_selected_t+0.1)/{_step})+1)'"
        );
        var costs = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["one pass"] = onePass,
            ["seeks"] = await SeeksAsync(cancellationToken),
        };
        if (video.SkipsPictures)
        {
            costs["noref pass"] = await PassAsync(["-skip_frame", "noref", "-skip_loop_filter", "all"], selected, cancellationToken);
        }

        if (KeyframesServe && video.SkipsPictures)
        {
            // The window of a sample is half an interval wide, beginning a quarter before it.
            var early = interval.TotalSeconds / 4;
            var first = string.Create(
                CultureInfo.InvariantCulture,
                $"select='isnan(prev_selected_t)+gte(floor((t+{early})/{_step}),floor((prev_selected_t+{early})/{_step})+1)'"
            );
            costs["keyframes"] = await PassAsync(["-skip_frame", "nokey"], first, cancellationToken);
        }

        return costs;
    }

    private Task<double> PassAsync(string[] decoder, string selection, CancellationToken cancellationToken)
    {
        // The fps filter gives out a constant rate; what is selected keeps its own times.
        string[] output = selection.StartsWith("fps", StringComparison.Ordinal) ? [.. Output.Skip(2)] : Output;
        return CpuMeter.MeasureAsync(() =>
            Ffmpeg.RunAsync([.. decoder, "-i", path, "-an", "-vf", $"{selection},{pictureFilter}", .. output], cancellationToken)
        );
    }

    private async Task<double> SeeksAsync(CancellationToken cancellationToken)
    {
        var count = (int)Math.Ceiling(length / interval);
        var step = Math.Max(1, count / Sought);
        var at = Enumerable.Range(0, count).Where(i => i % step == step / 2).ToList();
        string[] way = KeyframesServe ? ["-noaccurate_seek"] : [];
        var cost = await CpuMeter.MeasureAsync(async () =>
        {
            foreach (var i in at)
            {
                var time = (i + (KeyframesServe ? 0.75 : 0.5)) * interval;
                var seconds = time.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                await Ffmpeg.RunAsync(
                    ["-threads", "1", .. way, "-ss", seconds, "-i", path, "-an", "-frames:v", "1", "-vf", pictureFilter, .. Output],
                    cancellationToken
                );
            }
        });
        return cost * count / at.Count;
    }

    private static string[] Output => ["-fps_mode", "passthrough", "-q:v", "4", "-c:v", "mjpeg", "-f", "null", "-"];
}
