using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Framing;

/// <summary>Finds out once per video how its pictures are cut for the model.</summary>
internal sealed class PictureAnalyzer(FrameDecoder decoder, FrameRunner runner, FirstFrames first, ColorConversion color, DecoderGate gate)
{
    private const int LongestSide = 480;
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortEnough = TimeSpan.FromSeconds(16);

    // The middle first: most videos have no bars, and one light picture proves it.
    private static readonly double[] Places = [0.5, 0.25, 0.75, 0.12, 0.38, 0.62, 0.88];

    /// <summary>The settings for all of a video's pictures.</summary>
    /// <param name="input">The video.</param>
    /// <param name="facts">Its facts.</param>
    /// <param name="options">What the user configured.</param>
    /// <param name="hints">What is known about it besides.</param>
    /// <param name="maxImageSize">Longest side of a picture in pixels.</param>
    /// <param name="looks">The frames that are asked about first, where they are so few that they may be decoded right now; null = they are not.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<PictureSettings> DetectAsync(
        MediaInput input,
        VideoFacts facts,
        VideoOptions options,
        VrHints hints,
        int maxImageSize,
        FirstLooks? looks,
        CancellationToken cancellationToken
    )
    {
        var vr = VrLayoutGuess.From(options.Vr, hints, facts);
        var settings = new PictureSettings
        {
            MaxImageSize = maxImageSize,
            Vr = vr,
            Color = await color.ForAsync(facts, cancellationToken),
            Hwaccel = options.Hwaccel,
        };
        return options.CropBlackBars && vr == VrLayout.Flat
            ? settings with
            {
                Crop = await FindBarsAsync(input, facts, settings, looks, cancellationToken),
            }
            : settings;
    }

    private async Task<CropRectangle?> FindBarsAsync(
        MediaInput input,
        VideoFacts facts,
        PictureSettings settings,
        FirstLooks? looks,
        CancellationToken cancellationToken
    )
    {
        var (width, height) = PictureFilters.Fit(facts.Width, facts.Height, LongestSide);
        var bars = new BlackBars(width, height);
        if (
            looks is not null
            && looks.Times.Count >= Places.Length
            && facts.Duration <= ShortEnough
            && DecodePlan.For(facts, input.IsRemote, looks.Times, looks.Tolerance, FrameExtractor.Threads) is [var whole]
        )
        {
            return await FindInFirstFramesAsync(bars, new FrameRequest(input, facts, whole, null, ""), settings, cancellationToken);
        }

        using var place = await gate.EnterAsync(cancellationToken);
        foreach (var run in Runs(input, facts))
        {
            var request = new FrameRequest(input, facts, run, PictureFilter: null, PictureFilters.Whole(facts, LongestSide));
            var left = run.Times.Count;
            await foreach (var frame in decoder.DecodeAsync(request, "none", complain: null, cancellationToken))
            {
                bars.Add(frame.Small.Span);
                if (--left == 0)
                {
                    break;
                }
            }

            if (bars.IsExcluded)
            {
                return null;
            }
        }

        return bars.Find(facts.Width, facts.Height);
    }

    // The first place alone, because it mostly is enough; the others in as few starts as they need.
    private static IEnumerable<DecodeRun> Runs(MediaInput input, VideoFacts facts) =>
        new[] { Places[..1], Places[1..] }.SelectMany(places =>
            DecodePlan.For(facts, input.IsRemote, [.. places.Order().Select(share => facts.Duration * share)], Tolerance, threads: 1)
        );

    /// <summary>Decodes the frames that are asked about first, once for both purposes; where bars are found, they are decoded again without them.</summary>
    private async Task<CropRectangle?> FindInFirstFramesAsync(
        BlackBars bars,
        FrameRequest plan,
        PictureSettings settings,
        CancellationToken cancellationToken
    )
    {
        var facts = plan.Facts;
        var request = plan with
        {
            PictureFilter = PictureFilters.Picture(facts, settings),
            SmallFilter = FrameExtractor.SignatureFilter,
            WholeFilter = PictureFilters.Whole(facts, LongestSide),
        };
        var frames = new List<VideoFrame>();
        using (await gate.EnterAsync(cancellationToken))
        {
            await foreach (var frame in runner.RunAsync(request, settings.Hwaccel, cancellationToken))
            {
                if (!frame.Whole.IsEmpty)
                {
                    bars.Add(frame.Whole.Span);
                }

                frames.Add(frame with { Whole = default });
            }
        }

        var crop = bars.Find(facts.Width, facts.Height);
        if (crop is null)
        {
            first.Keep(plan.Input, facts, settings, frames);
        }

        return crop;
    }
}
