using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Framing;

namespace HavenVlm.Core.Tests.Media.Framing;

public sealed class ChangeDetectorTests(MediaCorpus corpus) : IAsyncDisposable
{
    private readonly MediaParts _parts = new();

    [Fact]
    public async Task Cuts_are_found_where_they_are()
    {
        var changes = await ScanAsync(await Cuts("cuts.mp4"), 0, 30);

        Assert.Equal([7, 9, 18], changes.Select(change => Math.Round(change.Time.TotalSeconds, 1)));
        Assert.All(changes, change => Assert.InRange(change.Magnitude, 0.04, 1));
    }

    [Fact]
    public async Task A_range_knows_what_was_on_screen_before_it()
    {
        var changes = await ScanAsync(await Cuts("cuts.mp4"), 6.5, 8);

        Assert.Equal(7, Assert.Single(changes).Time.TotalSeconds, 0.05);
    }

    [Fact]
    public async Task A_cut_to_another_color_of_equal_brightness_is_found()
    {
        // Both have a brightness of 76 of 255; the encoder does not take it for a cut.
        var path = await corpus.Make(
            "equal-brightness.mp4",
            file =>
                SampleVideo.MakeAsync(
                    "-f",
                    "lavfi",
                    "-i",
                    "color=c=0xFF0000:s=320x180:r=25:d=20,drawbox=c=0x008200:t=fill:enable='gte(t,7)'",
                    "-c:v",
                    "libx264",
                    "-pix_fmt",
                    "yuv420p",
                    "-g",
                    "25",
                    file
                )
        );

        var change = Assert.Single(await ScanAsync(path, 0, 20));

        Assert.Equal(7, change.Time.TotalSeconds, 0.2);
        Assert.True(change.IsWhole);
    }

    [Fact]
    public async Task Movement_and_noise_are_no_changes()
    {
        var path = await corpus.Make(
            "noisy.mp4",
            file =>
                SampleVideo.MakeAsync(
                    "-f",
                    "lavfi",
                    "-i",
                    "smptebars=s=320x180:d=10:r=25,noise=alls=20:allf=t,drawbox=x=20*t:y=60:w=20:h=20:c=gray:t=fill",
                    "-c:v",
                    "libx264",
                    "-g",
                    "25",
                    file
                )
        );

        Assert.Empty(await ScanAsync(path, 0, 10));
    }

    [Fact]
    public async Task Without_a_keyframe_at_the_cut_the_stretch_before_the_next_one_is_decoded_to_find_it()
    {
        var changes = await ScanAsync(await Cuts("fixed.mp4", "-sc_threshold", "0", "-g", "100"), 16, 24);

        var change = Assert.Single(changes);
        Assert.Equal(18, change.Time.TotalSeconds, 0.2);
        Assert.Null(change.After);
    }

    [Fact]
    public async Task A_cut_so_soon_after_another_that_the_encoder_passed_over_it_is_found()
    {
        // The keyframe at 18 s comes sooner than it must and stands at a cut; the one at 9 s has none.
        var path = await Cuts("passed-over.mp4", "-sc_threshold", "0", "-g", "999", "-force_key_frames", "8,18,29.9");

        var changes = await ScanAsync(path, 8.5, 20);

        Assert.Equal([9, 18], changes.Select(change => Math.Round(change.Time.TotalSeconds)));
        Assert.All(changes, change => Assert.Null(change.After));
    }

    [Fact]
    public async Task Searches_only_the_surest_cut_where_decoding_costs_much()
    {
        var changes = await ScanAsync(await Cuts("fixed.mp4", "-sc_threshold", "0", "-g", "100"), 0, 30);

        Assert.Equal(3, changes.Count);
        Assert.Single(changes, change => change.After is null);
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    /// <summary>Thirty seconds with cuts at 7, 9 and 18 s.</summary>
    private Task<string> Cuts(string name, params string[] arguments) =>
        corpus.Make(
            name,
            file =>
            {
                string[] colors =
                [
                    "smptebars=s=320x180:r=25:d=7",
                    "rgbtestsrc=s=320x180:r=25:d=2",
                    "yuvtestsrc=s=320x180:r=25:d=9",
                    "pal100bars=s=320x180:r=25:d=12",
                ];
                var inputs = colors.SelectMany(color => (string[])["-f", "lavfi", "-i", color]);
                return SampleVideo.MakeAsync([
                    .. inputs,
                    "-filter_complex",
                    "[0]format=yuv420p[a];[1]format=yuv420p[b];[2]format=yuv420p[c];[3]format=yuv420p[d];[a][b][c][d]concat=n=4",
                    "-c:v",
                    "libx264",
                    "-preset",
                    "veryfast",
                    .. arguments,
                    file,
                ]);
            }
        );

    private async Task<IReadOnlyList<PictureChange>> ScanAsync(string path, double from, double to)
    {
        await using var input = await _parts.OpenAsync(path);
        var facts = await _parts.ProbeAsync(path);
        return await _parts
            .Get<ChangeDetector>()
            .ScanAsync(input, facts, TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(to), CancellationToken.None);
    }
}
