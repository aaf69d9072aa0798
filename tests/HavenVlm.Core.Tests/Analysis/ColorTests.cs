using HavenVlm.Core.Configuration;
using HavenVlm.Core.Tests.Media;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Analysis;

public sealed class ColorTests(MediaCorpus corpus)
{
    [Theory]
    [InlineData(SamplingMode.Linear)]
    [InlineData(SamplingMode.Adaptive)]
    public async Task A_change_of_color_alone_is_asked_about(SamplingMode mode)
    {
        // The box is as bright as the gray around it.
        var path = await Film(
            "equal-box.mp4",
            $"color=c=0x606060:s=640x360:r=25:d=24,drawbox=x=0:y=0:w=320:h=360:color={WholeAnalysis.Kissing}:t=fill:enable='gte(t,8)*lt(t,14)'"
        );

        var result = await WholeAnalysis.RunAsync(path, new VideoOptions { Sampling = mode });

        Assert.Equal(["Kissing 8-14"], result.Words());
    }

    [Fact]
    public async Task Cards_of_equal_brightness_are_told_apart()
    {
        // Red, then green; every card is as bright as the gray bar before it.
        var path = await Film(
            "equal-cards.mp4",
            $"color=c={WholeAnalysis.Kissing}:s=640x360:r=25:d=20,drawbox=color=0x129612:t=fill:enable='gte(t,10)',drawbox=x=200:w=240:color=0x606060:t=fill"
        );

        var result = await WholeAnalysis.RunAsync(path, new VideoOptions { Sampling = SamplingMode.Linear });

        Assert.Equal(["Kissing 0-10"], result.Words());
    }

    [Theory]
    [InlineData("libx264", "-crf 30 -preset veryfast")]
    [InlineData("mpeg4", "-b:v 300k")]
    [InlineData("libx265", "-crf 34 -preset ultrafast -x265-params log-level=none")]
    public async Task A_noisy_still_picture_is_asked_about_once(string codec, string settings)
    {
        var path = await Film(
            $"still-{codec}.mkv",
            "smptebars=s=640x360:r=25:d=16,noise=alls=8:allf=t",
            ["-c:v", codec, .. settings.Split(' ')]
        );

        var result = await WholeAnalysis.RunAsync(path, new VideoOptions { Sampling = SamplingMode.Linear });

        Assert.Equal(1, result.Frames.Asked);
        Assert.InRange(result.Frames.Reused, 6, 8);
    }

    private Task<string> Film(string name, string source, params string[] encoder) =>
        corpus.Make(
            name,
            file =>
                SampleVideo.MakeAsync([
                    "-f",
                    "lavfi",
                    "-i",
                    source,
                    .. encoder.Length > 0 ? encoder : ["-c:v", "libx264", "-preset", "ultrafast"],
                    "-pix_fmt",
                    "yuv420p",
                    file,
                ])
        );
}
