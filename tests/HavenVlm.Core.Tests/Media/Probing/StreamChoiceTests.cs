using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Tests.Media.Probing;

public sealed class StreamChoiceTests(MediaCorpus corpus) : IAsyncDisposable
{
    private readonly MediaParts _parts = new();

    [Theory]
    [InlineData("mkv", "mjpeg")]
    [InlineData("mkv", "png")]
    [InlineData("mp4", "mjpeg")]
    [InlineData("mp4", "png")]
    public async Task A_cover_before_the_film_that_is_not_marked_as_one_is_not_taken_for_it(string extension, string codec)
    {
        var path = await Joined($"cover-{codec}.{extension}", codec, "-disposition:v:0", "0");

        await AssertShowsFilmAsync(path);
    }

    [Fact]
    public async Task The_default_stream_is_taken_before_the_first()
    {
        var path = await Joined("default-second.mkv", "libx264", "-disposition:v:0", "0", "-disposition:v:1", "default");

        await AssertShowsFilmAsync(path);
    }

    [Fact]
    public async Task Without_a_default_the_first_stream_is_taken()
    {
        var path = await Joined("first.mkv", "libx264", "-disposition:v:0", "0", "-disposition:v:1", "0");

        Assert.Null((await _parts.ProbeAsync(path)).Stream);
    }

    [Fact]
    public async Task A_film_in_a_format_of_pictures_is_shown()
    {
        var facts = await _parts.ProbeAsync(await corpus.Common("motion.mov"));

        Assert.Equal("mjpeg", facts.Codec);
        Assert.Equal(6, facts.Duration.TotalSeconds, 0.1);
    }

    [Fact]
    public async Task One_picture_beside_sound_is_refused()
    {
        var path = await corpus.Make(
            "song.mkv",
            file =>
                SampleVideo.MakeAsync(
                    "-f",
                    "lavfi",
                    "-i",
                    "color=red:s=320x240:r=25:d=0.04",
                    "-f",
                    "lavfi",
                    "-i",
                    "sine=d=9",
                    "-c:v",
                    "mjpeg",
                    "-disposition:v",
                    "0",
                    file
                )
        );

        var refusal = await Assert.ThrowsAsync<MediaException>(() => _parts.ProbeAsync(path));

        Assert.Contains("cover", refusal.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private async Task AssertShowsFilmAsync(string path)
    {
        var times = Enumerable.Range(0, 38).Select(i => TimeSpan.FromSeconds(i * 0.5)).ToList();

        var facts = await _parts.ProbeAsync(path);
        var frames = await _parts.ExtractAsync(path, times, TimeSpan.FromSeconds(0.1));

        Assert.Equal(20, facts.Duration.TotalSeconds, 0.1);
        Assert.Equal((SampleVideo.Width, SampleVideo.Height), (facts.Width, facts.Height));
        Assert.All(frames, frame => Assert.Equal((int)Math.Round(frame.Time.TotalSeconds * 25), SampleVideo.NumberIn(frame.Signature!)));
    }

    // Something red before the numbered film.
    private Task<string> Joined(string name, string codec, params string[] dispositions) =>
        corpus.Make(
            name,
            async file =>
                await SampleVideo.MakeAsync([
                    "-f",
                    "lavfi",
                    "-i",
                    $"color=red:s=320x240:r=25:d={(codec == "libx264" ? "20" : "0.04")}",
                    "-i",
                    await corpus.H264(),
                    "-map",
                    "0",
                    "-map",
                    "1",
                    "-c:v:0",
                    codec,
                    "-c:v:1",
                    "copy",
                    .. dispositions,
                    file,
                ])
        );
}
