using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;

namespace HavenVlm.Core.UnitTests.Media.Frames;

public sealed class DecodeExplanationTests
{
    [Theory]
    [InlineData("h264", 2, 20, "in one pass, keyframes only: frames each 20 s (+- 5 s), a keyframe at least each 2 s, h264 with B-frames")]
    [InlineData(
        "h264",
        8,
        2,
        "in one pass, without the pictures that no others need: frames each 2 s (+- 0.5 s), a keyframe at least each 8 s, h264 with B-frames"
    )]
    [InlineData("vp9", 8, 2, "in one pass, all pictures: frames each 2 s (+- 0.5 s), a keyframe at least each 8 s, vp9 with B-frames")]
    [InlineData(
        "av1",
        4,
        20,
        "each frame is sought, all pictures: frames each 20 s (+- 5 s), a keyframe at least each 4 s, av1 with B-frames"
    )]
    public void The_way_and_what_decided_it_are_told(string codec, int gop, int interval, string expected)
    {
        var facts = new VideoFacts
        {
            Duration = TimeSpan.FromHours(1),
            Width = 1920,
            Height = 1080,
            FrameRate = 30,
            BitRate = 6_000_000,
            KeyframeInterval = TimeSpan.FromSeconds(gop),
            LongestKeyframeInterval = TimeSpan.FromSeconds(gop),
            Container = "mov",
            Codec = codec,
            HasBFrames = true,
        };

        Assert.Equal(expected, DecodeExplanation.Of(facts, isRemote: false, TimeSpan.FromSeconds(interval)));
    }
}
