using System.Globalization;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Frames;

/// <summary>Tells people how the frames of a video are decoded, and why that way.</summary>
internal static class DecodeExplanation
{
    private const int Looks = 100;

    /// <summary>One line about looks at every interval, a quarter interval early or late at most.</summary>
    public static string Of(VideoFacts facts, bool isRemote, TimeSpan interval)
    {
        var tolerance = interval / 4;
        var times = Enumerable.Range(0, Looks).Select(i => i * interval).ToList();
        var runs = DecodePlan.For(facts, isRemote, times, tolerance, threads: 1);
        var what = runs[0].Skip switch
        {
            DecodeSkip.NonKey => "keyframes only",
            DecodeSkip.NonReference => "without the pictures that no others need",
            _ => "all pictures",
        };
        var way = runs.Count > Looks / 2 ? "each frame is sought" : "in one pass";
        return $"{way}, {what}: frames each {Seconds(interval)} (+- {Seconds(tolerance)}), {Keyframes(facts)}, {facts.Codec} {Order(facts)}";
    }

    private static string Keyframes(VideoFacts facts) =>
        facts.LongestKeyframeInterval > TimeSpan.Zero
            ? $"a keyframe at least each {Seconds(facts.LongestKeyframeInterval)}"
            : "keyframes unknown";

    private static string Order(VideoFacts facts) =>
        !facts.HasPictureTimes ? "without timestamps"
        : facts.HasBFrames ? "with B-frames"
        : "without B-frames";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s");
}
