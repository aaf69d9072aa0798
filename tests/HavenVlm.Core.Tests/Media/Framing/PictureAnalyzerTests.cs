using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Framing;

namespace HavenVlm.Core.Tests.Media.Framing;

public sealed class PictureAnalyzerTests(MediaCorpus corpus) : IAsyncDisposable
{
    private static readonly VrHints NoHints = new(HasVrTag: false, "holiday.mp4");
    private readonly MediaParts _parts = new();

    [Theory]
    [InlineData("pillar", "scale=480:360,pad=640:360:80:0", 80, 0, 480, 360)]
    [InlineData("letter", "scale=640:272,pad=640:360:0:44", 0, 44, 640, 272)]
    [InlineData("both", "scale=480:270,pad=640:360:80:45", 80, 45, 480, 270)]
    [InlineData("aside", "scale=500:360,pad=640:360:100:0", 100, 0, 500, 360)]
    public async Task Black_bars_are_cut_off(string name, string filter, int x, int y, int width, int height)
    {
        var crop = (await DetectAsync(await Film($"{name}.mp4", filter), NoHints)).Crop;

        Assert.NotNull(crop);
        Assert.InRange(x - crop.X, 0, 3);
        Assert.InRange(y - crop.Y, 0, 3);
        Assert.InRange(crop.Width - width, 0, 6);
        Assert.InRange(crop.Height - height, 0, 6);
    }

    [Theory]
    [InlineData("plain", "scale=640:360")]
    [InlineData("night", "scale=640:360,eq=brightness=-0.85")]
    [InlineData("lamp", "scale=100:100,pad=640:360:270:130")]
    [InlineData("blue", "scale=480:360,pad=640:360:80:0:color=0x000070")]
    [InlineData("dark red", "scale=640:272,pad=640:360:0:44:color=0x400000")]
    [InlineData("vignette", "scale=640:360,vignette=PI/2.5")]
    [InlineData("changing", "scale=480:360,pad=640:360:80:0,drawbox=x=0:y=100:w=640:h=100:c=gray:t=fill:enable='gt(t,12)'")]
    public async Task What_is_not_surely_a_bar_stays(string name, string filter)
    {
        Assert.Null((await DetectAsync(await Film($"{name}.mp4", filter), NoHints)).Crop);
    }

    [Theory]
    [InlineData(VrMode.Auto, false, VrLayout.SideBySide, true)]
    [InlineData(VrMode.Auto, false, VrLayout.Flat, false)]
    [InlineData(VrMode.Auto, true, VrLayout.SideBySide, false)]
    [InlineData(VrMode.Sbs, false, VrLayout.SideBySide, false)]
    public void A_layout_that_was_assumed_from_a_name_is_said(VrMode mode, bool hasVrTag, VrLayout layout, bool isSaid) =>
        Assert.Equal(isSaid, VrLayoutGuess.NoteOf(mode, new VrHints(hasVrTag, "beach_180.mp4"), layout)?.Contains("side by side") ?? false);

    [Fact]
    public async Task Cropping_can_be_switched_off()
    {
        var path = await Film("pillar.mp4", "scale=480:360,pad=640:360:80:0");

        Assert.Null((await DetectAsync(path, NoHints, new VideoOptions { CropBlackBars = false })).Crop);
    }

    [Theory]
    [InlineData("Beach_180_LR.mp4", false, 3840, 1920, VrLayout.SideBySide)]
    [InlineData("beach.180x180_3dh.mp4", false, 3840, 1920, VrLayout.SideBySide)]
    [InlineData("beach_360_TB.mp4", false, 3840, 3840, VrLayout.TopBottom)]
    [InlineData("beach_360.mp4", false, 3840, 1920, VrLayout.Mono)]
    [InlineData("beach_180_mono.mp4", false, 1920, 1920, VrLayout.Mono)]
    [InlineData("beach.mp4", true, 3840, 1920, VrLayout.SideBySide)]
    [InlineData("beach.mp4", true, 3840, 3840, VrLayout.TopBottom)]
    [InlineData("beach.mp4", true, 3840, 2160, VrLayout.SideBySide)]
    [InlineData("beach.mp4", false, 3840, 1920, VrLayout.Flat)]
    [InlineData("beach_180.mp4", false, 1920, 1080, VrLayout.Flat)]
    [InlineData("180 days.mp4", false, 1920, 1080, VrLayout.Flat)]
    [InlineData("REBD-360.mp4", false, 3840, 1920, VrLayout.Flat)]
    [InlineData("MIRD-180.mp4", false, 1920, 1920, VrLayout.Flat)]
    [InlineData("[studio] mird-180 uncut.mp4", false, 1920, 1920, VrLayout.Flat)]
    [InlineData("259LUXU-360_2160p.mp4", false, 3840, 1920, VrLayout.Flat)]
    [InlineData("MIRD_180.mp4", false, 1920, 1920, VrLayout.Flat)]
    [InlineData("REBD-360.mp4", true, 3840, 1920, VrLayout.SideBySide)]
    [InlineData("SIVR-180.mp4", false, 3840, 1920, VrLayout.SideBySide)]
    [InlineData("beach-vr-360.mp4", false, 3840, 1920, VrLayout.Mono)]
    [InlineData("REBD-360_180_LR.mp4", false, 3840, 1920, VrLayout.SideBySide)]
    [InlineData("beach-LR-180.mp4", false, 3840, 1920, VrLayout.SideBySide)]
    [InlineData("film_SBS.mp4", false, 1920, 1080, VrLayout.Flat)]
    [InlineData("alrighty.mp4", true, 1920, 960, VrLayout.SideBySide)]
    public void The_layout_of_a_VR_scene_is_guessed_from_tag_name_and_shape(string name, bool tagged, int width, int height, object layout)
    {
        var facts = Facts(width, height);

        Assert.Equal(layout, VrLayoutGuess.From(VrMode.Auto, new VrHints(tagged, name), facts));
    }

    [Theory]
    [InlineData(VrMode.Off, VrLayout.Flat)]
    [InlineData(VrMode.Sbs, VrLayout.SideBySide)]
    [InlineData(VrMode.Tb, VrLayout.TopBottom)]
    [InlineData(VrMode.Mono, VrLayout.Mono)]
    public void The_user_knows_better(VrMode mode, object layout) =>
        Assert.Equal(layout, VrLayoutGuess.From(mode, new VrHints(HasVrTag: true, "a_360_TB.mp4"), Facts(3840, 1920)));

    [Theory]
    [InlineData(VrLayout.SideBySide, "hstack", "v360=flat:hequirect:h_fov=100:v_fov=100:ih_fov=100:iv_fov=100:w=480:h=480")]
    [InlineData(VrLayout.TopBottom, "vstack", "v360=flat:equirect:ih_fov=100:iv_fov=100:w=960:h=480")]
    public async Task One_eye_is_shown_flat(object layout, string stack, string wrap)
    {
        // The left or upper eye looks at white in the middle of gray, the other at black.
        var path = await corpus.Make(
            $"vr-{stack}.mp4",
            file =>
                SampleVideo.MakeAsync([
                    "-f",
                    "lavfi",
                    "-i",
                    "color=gray:s=400x400:d=2:r=10,drawbox=x=150:y=150:w=100:h=100:c=white:t=fill",
                    "-filter_complex",
                    $"[0]{wrap},setsar=1,split[a][b];[b]lutyuv=y=16[c];[a][c]{stack}",
                    "-c:v",
                    "libx264",
                    "-pix_fmt",
                    "yuv420p",
                    file,
                ])
        );
        var settings = MediaParts.Pictures with { Vr = (VrLayout)layout };

        var frame = (await _parts.ExtractAsync(path, [TimeSpan.FromSeconds(1)], TimeSpan.FromSeconds(0.1), settings))[0];

        var pixels = frame.Signature!.Pixels.Span;
        Assert.True(pixels[(16 * 32) + 16] > 220);
        Assert.InRange(pixels[(16 * 32) + 4], 90, 160);
        Assert.InRange(pixels[(16 * 32) + 28], 90, 160);
        Assert.InRange(pixels[(4 * 32) + 16], 90, 160);
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();

    private static VideoFacts Facts(int width, int height) =>
        new()
        {
            Duration = TimeSpan.FromMinutes(1),
            Width = width,
            Height = height,
            Container = "mov",
            Codec = "h264",
        };

    private Task<string> Film(string name, string filter) =>
        corpus.Make(
            name,
            file =>
                SampleVideo.MakeAsync(
                    "-f",
                    "lavfi",
                    "-i",
                    $"testsrc2=s=320x180:d=20:r=5,{filter},setsar=1",
                    "-c:v",
                    "libx264",
                    "-g",
                    "10",
                    "-pix_fmt",
                    "yuv420p",
                    file
                )
        );

    private async Task<PictureSettings> DetectAsync(string path, VrHints hints, VideoOptions? options = null)
    {
        await using var input = await _parts.OpenAsync(path);
        var facts = await _parts.ProbeAsync(path);
        return await _parts
            .Get<PictureAnalyzer>()
            .DetectAsync(input, facts, options ?? new VideoOptions(), hints, 768, looks: null, CancellationToken.None);
    }
}
