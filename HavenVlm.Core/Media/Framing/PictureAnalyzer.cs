using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Framing;

/// <summary>Finds out once per video how its pictures are cut for the model.</summary>
internal sealed class PictureAnalyzer(FrameDecoder decoder, ColorConversion color, DecoderGate gate)
{
    private const int LongestSide = 480;
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    // The middle first: most videos have no bars, and one light picture proves it.
    private static readonly double[] Places = [0.5, 0.25, 0.75, 0.12, 0.38, 0.62, 0.88];

    /// <summary>The settings for all of a video's pictures.</summary>
    /// <param name="input">The video.</param>
    /// <param name="facts">Its facts.</param>
    /// <param name="options">What the user configured.</param>
    /// <param name="hints">What is known about it besides.</param>
    /// <param name="maxImageSize">Longest side of a picture in pixels.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<PictureSettings> DetectAsync(
        MediaInput input,
        VideoFacts facts,
        VideoOptions options,
        VrHints hints,
        int maxImageSize,
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
                Crop = await FindBarsAsync(input, facts, cancellationToken),
            }
            : settings;
    }

    private async Task<CropRectangle?> FindBarsAsync(MediaInput input, VideoFacts facts, CancellationToken cancellationToken)
    {
        var (width, height) = PictureFilters.Fit(facts.Width, facts.Height, LongestSide);
        var bars = new BlackBars(width, height);
        using var place = await gate.EnterAsync(cancellationToken);
        foreach (var share in Places)
        {
            var run = DecodePlan.For(facts, input.IsRemote, [facts.Duration * share], Tolerance, threads: 1)[0];
            var request = new FrameRequest(input, facts, run, PictureFilter: null, PictureFilters.Whole(facts, LongestSide));
            await foreach (var frame in decoder.DecodeAsync(request, "none", complain: null, cancellationToken))
            {
                bars.Add(frame.Small.Span);
                break;
            }

            if (bars.IsExcluded)
            {
                return null;
            }
        }

        return bars.Find(facts.Width, facts.Height);
    }
}
