using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Tests.Media;

namespace HavenVlm.Core.Tests.Analysis;

public sealed class ShortClipTests(MediaCorpus corpus)
{
    [Theory]
    [InlineData(2, 24, 2)]
    [InlineData(2, 16, 2)]
    [InlineData(2, 15.9, 1)]
    [InlineData(2, 4, 0.5)]
    [InlineData(2, 3.9, 0.25)]
    [InlineData(2, 0.8, 0.1)]
    [InlineData(2, 0.04, 0.1)]
    [InlineData(0.3, 2.3, 0.25)]
    [InlineData(0.1, 0.5, 0.1)]
    [InlineData(0.05, 0.2, 0.05)]
    public void At_least_eight_looks_fit_into_a_clip_of_a_second(double configured, double duration, double interval) =>
        Assert.Equal(TimeSpan.FromSeconds(interval), ShortClips.Interval(TimeSpan.FromSeconds(configured), TimeSpan.FromSeconds(duration)));

    [Theory]
    [InlineData(SamplingMode.Adaptive)]
    [InlineData(SamplingMode.Linear)]
    public async Task A_tag_present_in_all_of_a_clip_of_less_than_a_second_is_on_it(SamplingMode mode)
    {
        var path = await ClipAsync(0.8, 0, 0.8);

        var result = await WholeAnalysis.RunAsync(path, new VideoOptions { Sampling = mode }, "Kissing");

        Assert.Equal(0.8, result.Tags["Kissing"].TotalSeconds, 0.01);
        Assert.Equal(["Kissing 0-1"], result.Words());
    }

    [Theory]
    [InlineData(4, 1.3)]
    [InlineData(4, 2)]
    [InlineData(4, 2.9)]
    [InlineData(3.8, 0.6)]
    [InlineData(9, 4.4)]
    public async Task A_second_of_a_tag_in_a_clip_of_seconds_is_found(double duration, double from)
    {
        var path = await ClipAsync(duration, from, from + 1);

        var result = await WholeAnalysis.RunAsync(path, tags: "Kissing");

        var marker = Assert.Single(result.Markers);
        Assert.Equal(from, marker.Start.TotalSeconds, 0.51);
        Assert.Equal(from + 1, marker.End.TotalSeconds, 0.51);
        Assert.Contains("Kissing", result.Tags);
    }

    private Task<string> ClipAsync(double duration, double from, double to) =>
        corpus.Make(
            FormattableString.Invariant($"clip-{duration}-{from}.mp4"),
            path =>
                SampleVideo.MakeAsync(
                    "-f",
                    "lavfi",
                    "-i",
                    FormattableString.Invariant(
                        $"color=c=gray:s=320x180:r=25:d={duration},drawbox=x=0:y=0:w=160:h=90:color={WholeAnalysis.Kissing}:t=fill:enable='gte(t,{from})*lt(t,{to})'"
                    ),
                    "-c:v",
                    "libx264",
                    "-preset",
                    "ultrafast",
                    "-pix_fmt",
                    "yuv420p",
                    path
                )
        );
}
