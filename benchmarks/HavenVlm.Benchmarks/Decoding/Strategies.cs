using System.Globalization;

namespace HavenVlm.Benchmarks.Decoding;

/// <summary>The ways in which ffmpeg alone takes a frame of a video each interval, scaled as ours and as JPEG; processor seconds of each.</summary>
internal sealed class Strategies(SampleVideo video, string path, string pictureFilter, TimeSpan length, TimeSpan interval)
{
    // Frames sought at most; the rest costs the same.
    private const int Sought = 6;
    private const double LongestLimit = 1000;
    private readonly string _step = interval.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    private bool KeyframesServe => video.Gop <= interval.TotalSeconds / 2;

    /// <summary>One pass with the <c>fps</c> filter.</summary>
    public Task<double> FpsFilterAsync(CancellationToken cancellationToken) => OnePassAsync(double.MaxValue, cancellationToken);

    /// <summary>
    /// The cheapest way whose samples stay within a quarter interval. Those that may be cheap are measured first, and one is given up when it has
    /// taken more than the cheapest before it.
    /// </summary>
    /// <param name="onePass">What one pass with the <c>fps</c> filter took; null = not measured yet.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<(string Way, double Seconds)> CheapestAsync(double? onePass, CancellationToken cancellationToken)
    {
        var best = (Way: "one pass", Seconds: onePass ?? double.MaxValue);
        if (KeyframesServe && video.SkipsPictures)
        {
            // The window of a sample is half an interval wide, beginning a quarter before it.
            Offer(
                "keyframes",
                await CpuMeter.MeasureAsync(() =>
                    PassAsync(["-skip_frame", "nokey"], Selected(interval.TotalSeconds / 4), best.Seconds, cancellationToken)
                )
            );
        }

        // Where frames are far apart a seek costs less than a pass.
        if (KeyframesServe)
        {
            Offer("seeks", await CpuMeter.MeasureAsync(() => SeeksAsync(best.Seconds, cancellationToken)));
        }

        if (video.SkipsPictures)
        {
            string[] decoder = ["-skip_frame", "noref", "-skip_loop_filter", "all"];
            Offer("noref pass", await PassAsync(decoder, Selected(0.1), best.Seconds, cancellationToken));
        }

        if (!KeyframesServe)
        {
            Offer("seeks", await CpuMeter.MeasureAsync(() => SeeksAsync(best.Seconds, cancellationToken)));
        }

        if (onePass is null)
        {
            Offer("one pass", await OnePassAsync(best.Seconds, cancellationToken));
        }

        return best;

        void Offer(string way, double seconds) => best = seconds < best.Seconds ? (way, seconds) : best;
    }

    /// <summary>The first picture that is at most so much before each sample.</summary>
    private string Selected(double early) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"select='isnan(prev_selected_t)+gte(floor((t+{early})/{_step}),floor((prev_selected_t+{early})/{_step})+1)'"
        );

    private Task<double> OnePassAsync(double limit, CancellationToken cancellationToken) =>
        PassAsync([], $"fps=1/{_step}", limit, cancellationToken);

    /// <summary>What a pass takes; when it takes more than the limit, what it took until it was ended for that, which is more too.</summary>
    private async Task<double> PassAsync(string[] decoder, string selection, double limit, CancellationToken cancellationToken)
    {
        // The fps filter gives out a constant rate; what is selected keeps its own times.
        string[] output = selection.StartsWith("fps", StringComparison.Ordinal) ? [.. Output.Skip(2)] : Output;
        var isLimited = limit < LongestLimit;
        string[] end = isLimited ? ["-timelimit", $"{Math.Ceiling(limit) + 1:0}"] : [];
        InvalidOperationException? failure = null;
        var cost = await CpuMeter.MeasureOnceAsync(async () =>
        {
            try
            {
                await Ffmpeg.RunAsync(
                    [.. end, .. decoder, "-i", path, "-an", "-vf", $"{selection},{pictureFilter}", .. output],
                    cancellationToken
                );
            }
            catch (InvalidOperationException e)
            {
                failure = e;
            }
        });
        // What was ended because it took too long took more than the limit; a failure of another kind is one.
        return failure is null || (isLimited && cost > limit) ? cost : throw failure;
    }

    private async Task<double> SeeksAsync(double limit, CancellationToken cancellationToken)
    {
        var count = (int)Math.Ceiling(length / interval);
        var step = Math.Max(1, count / Sought);
        var at = Enumerable.Range(0, count).Where(i => i % step == step / 2).ToList();
        string[] way = KeyframesServe ? ["-noaccurate_seek"] : [];
        var cost = 0.0;
        foreach (var i in at)
        {
            var time = (i + (KeyframesServe ? 0.75 : 0.5)) * interval;
            var seconds = time.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            cost += await CpuMeter.MeasureOnceAsync(() =>
                Ffmpeg.RunAsync(
                    ["-threads", "1", .. way, "-ss", seconds, "-i", path, "-an", "-frames:v", "1", "-vf", pictureFilter, .. Output],
                    cancellationToken
                )
            );
            if (cost * count / at.Count > limit)
            {
                break;
            }
        }

        return cost * count / at.Count;
    }

    private static string[] Output => ["-fps_mode", "passthrough", "-q:v", "4", "-c:v", "mjpeg", "-f", "null", "-"];
}
