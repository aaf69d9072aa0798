using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Probing;

namespace HavenVlm.Core.Media.Frames;

/// <summary>
/// What decoding one video costs, in seconds of one processor, estimated from its facts. Only the ratios matter. Measured on 1080p: 0.15 s per
/// second of video at 4 Mbit/s and 0.28 s at 15 Mbit/s; 50 to 85 % of it without the non-reference pictures of H.264; 0.003 to 0.017 s for
/// keyframes alone; 0.18 to 0.37 s to start ffmpeg, open a file, decode one keyframe and read it.
/// </summary>
internal sealed class DecodeCosts(VideoFacts facts, bool isRemote)
{
    private const double StartCost = 0.18;
    private const double PictureCost = 0.01;

    // Opening decodes the first picture, and the decoder wants a few more before it is sure of their order.
    private const int KeyframesPerStart = 3;
    private const double CostPerPixel = 0.085 / (1920.0 * 1080 * 30);
    private const double CostPerBit = 0.0125 / 1e6;
    private const double DemuxCostPerBit = 0.0005 / 1e6;

    // A gigabit network delivers a hundred times slower than memory.
    private const double NetworkCostPerBit = 0.005 / 1e6;

    private readonly double _rate = facts.FrameRate > 0 ? Math.Min(facts.FrameRate, 240) : 30;
    private readonly double _gop = facts.KeyframeInterval > TimeSpan.Zero ? facts.KeyframeInterval.TotalSeconds : 10;
    private readonly double _longestGop =
        facts.LongestKeyframeInterval > TimeSpan.Zero ? facts.LongestKeyframeInterval.TotalSeconds : double.MaxValue;

    private double FullPerSecond =>
        ((facts.Width * (double)facts.Height * _rate * CostPerPixel) + (facts.BitRate * CostPerBit)) * CodecFactor;

    private double CodecFactor =>
        facts.Codec switch
        {
            "hevc" or "av1" => 1.3,
            "vp9" or "h264" or "vc1" => 1,
            _ => 0.6,
        };

    // A share of the pictures of a codec that others do not need, as measured.
    private double ReferenceShare =>
        (facts.Codec, facts.HasBFrames) switch
        {
            ("h264", true) => 0.6,
            ("hevc", true) => 0.63,
            ("mpeg4" or "mpeg2video" or "mpeg1video" or "vc1" or "wmv3" or "rv40", true) => 0.5,
            _ => 1,
        };

    // ffmpeg's decoders of the youngest codecs decode everything whatever they are told.
    private bool SkipsToKeyframes => facts.Codec is not ("vp9" or "av1" or "vvc");

    private bool SkipsNonReference => ReferenceShare < 1 && facts.HasPictureTimes;

    // A keyframe has several times the bits of other pictures and costs accordingly.
    private double Keyframe => 3 * FullPerSecond / _rate;

    private double ReadPerSecond => facts.BitRate * (DemuxCostPerBit + (isRemote ? NetworkCostPerBit : 0));

    private double KeyframesPerSecond => Math.Min(FullPerSecond, Keyframe / _gop) + ReadPerSecond;

    private double PerSecond => (FullPerSecond * (SkipsNonReference ? ReferenceShare : 1)) + ReadPerSecond;

    /// <summary>Whether decoding through a gap costs less than restarting ffmpeg behind it.</summary>
    public bool IsNear(TimeSpan gap, TimeSpan tolerance)
    {
        if (MediaContainer.IsRawPictures(facts.Container))
        {
            // Every start reads from the beginning.
            return true;
        }

        var through = KeyframesServe(tolerance) ? KeyframesPerSecond : PerSecond;
        return gap.TotalSeconds * through < One(tolerance);
    }

    /// <summary>Whether every window of twice the tolerance holds a keyframe, and the decoder can leave out all others.</summary>
    public bool KeyframesServe(TimeSpan tolerance) =>
        facts.HasPictureTimes && SkipsToKeyframes && _longestGop <= 2 * tolerance.TotalSeconds;

    /// <summary>Whether leaving out the pictures that no others need saves anything and keeps the tolerance.</summary>
    public bool ReferencesServe(TimeSpan tolerance) => SkipsNonReference && tolerance.TotalSeconds > 4 / _rate;

    // Nothing where a keyframe serves, else from the keyframe before it, half of what lies outside the window on average.
    private double One(TimeSpan tolerance)
    {
        var window = 2 * tolerance.TotalSeconds;
        var decoded = Math.Max(0, _gop - window);
        return StartCost + PictureCost + (KeyframesPerStart * Keyframe) + (PerSecond * decoded * decoded / (2 * _gop));
    }
}
