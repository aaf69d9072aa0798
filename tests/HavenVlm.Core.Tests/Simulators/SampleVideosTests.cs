using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Vlm.Vision;

namespace HavenVlm.Core.Tests.Simulators;

public sealed class SampleVideosTests(SampleVideosFixture videos)
{
    public static TheoryData<string> Names => [.. SampleScripts.All.Where(s => s.Format != SampleFormat.Broken).Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_frame_shows_its_own_time_and_exactly_the_tags_of_the_truth(string name)
    {
        var video = await videos.GetAsync(name);
        for (var t = 0.5; t < video.Script.Duration.TotalSeconds; t += 6.3)
        {
            var seen = PictureReader.Read(await Ffmpeg.FrameAsync(video.Path, t));
            Assert.NotNull(seen.Stamp);
            Assert.Equal(video.Script.Number, seen.Stamp.Value.Video);
            var shown = video.Script.Shown(TimeSpan.FromSeconds(t));
            Assert.InRange(seen.Stamp.Value.Time.TotalSeconds, shown.TotalSeconds - 0.11, shown.TotalSeconds + 0.11);
            AssertTags(video.Script.TagsAt(seen.Stamp.Value.Time), seen);
        }
    }

    [Theory]
    [InlineData("scale=960:540", 2)]
    [InlineData("scale=256:144", 10)]
    [InlineData("crop=iw*0.94:ih:iw*0.03:0", 6)]
    [InlineData("pad=iw:ih*1.4:0:ih*0.2", 4)]
    public async Task What_is_seen_survives_scaling_cropping_bars_and_compression(string filter, int quality)
    {
        var video = await videos.GetAsync("park");
        foreach (var t in new[] { 1d, 10d, 26d, 42d })
        {
            var seen = PictureReader.Read(await Ffmpeg.FrameAsync(video.Path, t, filter, quality));
            Assert.Equal(new FrameStamp(1, TimeSpan.FromSeconds(t)), seen.Stamp);
            AssertTags(video.Script.TagsAt(TimeSpan.FromSeconds(t)), seen);
        }
    }

    [Fact]
    public async Task Tags_are_recognized_even_in_tiny_pictures()
    {
        var video = await videos.GetAsync("short-events");
        foreach (var t in new[] { 1d, 9d, 17d, 25d, 41d })
        {
            var seen = PictureReader.Read(await Ffmpeg.FrameAsync(video.Path, t, "scale=96:54"));
            AssertTags(video.Script.TagsAt(TimeSpan.FromSeconds(t)), seen);
        }
    }

    [Fact]
    public async Task Every_tag_of_the_legend_can_be_shown_and_told_from_the_others()
    {
        var script = new SampleScript
        {
            Name = "every-tag",
            Number = 200,
            Title = "",
            FrameRate = 5,
            Duration = TimeSpan.FromSeconds(TagLegend.Tags.Count),
            Events = [.. TagLegend.Tags.Select((tag, i) => new SampleEvent(tag, SampleSpan.OfSeconds(i, i + 1)))],
        };
        var video = await videos.GetAsync(script);
        for (var i = 0; i < TagLegend.Tags.Count; i++)
        {
            var seen = PictureReader.Read(await Ffmpeg.FrameAsync(video.Path, i + 0.4));
            AssertTags([TagLegend.Tags[i]], seen);
            Assert.NotEmpty(TagLegend.DescriptionOf(TagLegend.Tags[i]));
        }
    }

    [Fact]
    public async Task The_broken_video_cannot_be_decoded()
    {
        var video = await videos.GetAsync("broken");
        Assert.True(new FileInfo(video.Path).Length > 1000);
        Assert.Empty(await Ffmpeg.FrameAsync(video.Path, 1));
    }

    [Fact]
    public async Task A_folder_of_its_own_is_gone_afterwards_and_one_that_was_given_stays()
    {
        var given = Directory.CreateTempSubdirectory("haven-given-").FullName;
        string own;
        await using (var mine = new SampleVideos())
        await using (new SampleVideos(given))
        {
            own = mine.Folder;
            Assert.True(Directory.Exists(own));
        }

        Assert.False(Directory.Exists(own));
        Assert.True(Directory.Exists(given));
        Directory.Delete(given);
    }

    [Fact]
    public void Stamps_are_read_back_and_damage_is_noticed()
    {
        foreach (var (number, hundredths) in new[] { (0, 0), (255, 1_048_575), (7, 4321) })
        {
            var stamp = new FrameStamp(number, TimeSpan.FromMilliseconds(hundredths * 10d));
            var blocks = stamp.ToBlocks();
            Assert.Equal(stamp, FrameStamp.FromBlocks(blocks));
            blocks[3] = !blocks[3];
            Assert.NotEqual(stamp, FrameStamp.FromBlocks(blocks));
        }

        Assert.Null(FrameStamp.FromBlocks(new bool[32]));
        Assert.Null(FrameStamp.FromBlocks([.. Enumerable.Repeat(true, 32)]));
    }

    private static void AssertTags(IEnumerable<string> expected, PictureContent seen) =>
        Assert.Equal(expected.Order(StringComparer.Ordinal), seen.Tags.Keys.Order(StringComparer.Ordinal));
}
