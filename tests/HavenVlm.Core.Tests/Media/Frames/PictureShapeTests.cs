using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Media.Frames;

/// <summary>Pictures come upright, cropped and no larger than asked for, whatever their shape.</summary>
public sealed class PictureShapeTests(MediaCorpus corpus) : IAsyncDisposable
{
    private readonly MediaParts _parts = new();

    [Theory]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public async Task A_rotated_video_is_turned_upright(int rotation)
    {
        var path = await corpus.Rotated(rotation);
        var reference = await corpus.Make($"upright{rotation}.mp4", file => SampleVideo.MakeAsync("-i", path, "-c:v", "libx264", file));

        var turned = await _parts.ExtractAsync(path, [TimeSpan.FromSeconds(5)], TimeSpan.FromMilliseconds(20));
        var upright = await _parts.ExtractAsync(reference, [TimeSpan.FromSeconds(5)], TimeSpan.FromMilliseconds(20));

        Assert.True(turned[0].Signature!.LooksSameAs(upright[0].Signature!));
    }

    [Theory]
    [InlineData(100, 100, 60)]
    [InlineData(768, 160, 96)]
    public async Task Pictures_are_never_larger_than_asked_for(int maxImageSize, int width, int height)
    {
        var settings = MediaParts.Pictures with { MaxImageSize = maxImageSize };

        var frames = await _parts.ExtractAsync(await corpus.H264(), [TimeSpan.FromSeconds(1)], TimeSpan.FromSeconds(0.1), settings);

        Assert.Equal((width, height), JpegSize.Of(frames[0].Jpeg.Span));
    }

    [Fact]
    public async Task Only_what_is_inside_the_crop_is_shown()
    {
        // The right half of the upper row of blocks: bits 4 to 7.
        var settings = MediaParts.Pictures with
        {
            Crop = new CropRectangle(80, 0, 80, 48),
        };

        var frames = await _parts.ExtractAsync(
            await corpus.H264(),
            [TimeSpan.FromSeconds(16 / 25.0)],
            TimeSpan.FromSeconds(0.01),
            settings
        );

        var pixels = frames[0].Signature!.Pixels.Span;
        Assert.Equal((80, 48), JpegSize.Of(frames[0].Jpeg.Span));
        Assert.True(pixels[4] > 150 && pixels[12] < 80 && pixels[20] < 80);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(16, 600)]
    [InlineData(1200, 4)]
    public async Task Pictures_of_strange_shapes_are_taken(int width, int height)
    {
        var path = await corpus.Make($"shape{width}x{height}.mkv", 2, "-vf", $"scale={width}:{height},setsar=1", "-c:v", "ffv1", "-g", "1");
        var settings = MediaParts.Pictures with { MaxImageSize = 512 };

        var frames = await _parts.ExtractAsync(path, [TimeSpan.FromSeconds(1)], TimeSpan.FromSeconds(0.1), settings);

        Assert.Null(frames[0].Reason);
        var (shownWidth, shownHeight) = JpegSize.Of(frames[0].Jpeg.Span);
        Assert.Equal(Math.Min(512, Math.Max(width, height)), Math.Max(shownWidth, shownHeight));
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();
}
