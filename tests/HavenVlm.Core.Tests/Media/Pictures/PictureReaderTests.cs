using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Pictures;

namespace HavenVlm.Core.Tests.Media.Pictures;

/// <summary>Images of every format, as the model gets to see them.</summary>
public sealed class PictureReaderTests : IAsyncLifetime
{
    private readonly PictureFiles _files = new();
    private readonly MediaParts _parts = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        _files.Dispose();
    }

    [Theory]
    [InlineData("a.jpg", nameof(PictureFormat.Jpeg))]
    [InlineData("a.png", nameof(PictureFormat.Png))]
    [InlineData("a.webp", nameof(PictureFormat.Webp))]
    [InlineData("a.gif", nameof(PictureFormat.Gif))]
    [InlineData("a.bmp", nameof(PictureFormat.Bmp))]
    [InlineData("a.tiff", nameof(PictureFormat.Tiff))]
    public async Task Analyzes_a_still_picture_once(string name, string format)
    {
        var (facts, looks, frames) = await ReadAsync(await _files.MakeAsync(name));

        Assert.Equal(format, $"{facts.Format}");
        Assert.Equal([TimeSpan.Zero], looks);
        var frame = Assert.Single(frames);
        Assert.Equal((64, 32), JpegSize.Of(frame.Jpeg.Span));
        Assert.Equal(("red", "blue"), await HalvesAsync(frame, 64, 32));
    }

    [Theory]
    [InlineData(7, "JPEG")]
    [InlineData(6, "JPEG")]
    [InlineData(50000, "Zstandard")]
    [InlineData(34887, "number 34887")]
    public async Task A_TIFF_whose_compression_comes_out_black_is_refused(int compression, string name)
    {
        var path = await _files.MakeAsync("a.tiff");
        var bytes = await File.ReadAllBytesAsync(path);
        // Tag 259, a short, one of it.
        var entry = bytes.AsSpan().IndexOf((byte[])[0x03, 0x01, 3, 0, 1, 0, 0, 0]);
        BitConverter.TryWriteBytes(bytes.AsSpan(entry + 8), (ushort)compression);
        await File.WriteAllBytesAsync(path, bytes);

        var refusal = await Assert.ThrowsAsync<MediaException>(() => ReadAsync(path));

        Assert.EndsWith($"is not decoded: {name}.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_of_a_file_does_not_count_its_bytes_do()
    {
        var png = await _files.MakeAsync("a.png");
        File.Move(png, _files.PathOf("b.jpg"));
        Assert.Equal(PictureFormat.Png, (await ReadAsync(_files.PathOf("b.jpg"))).Facts.Format);
    }

    [Theory]
    [InlineData("a.gif")]
    [InlineData("a.webp", "-c:v", "libwebp_anim", "-lossless", "1")]
    [InlineData("a.png", "-f", "apng")]
    [InlineData("a.avif", "-c:v", "libaom-av1", "-cpu-used", "8", "-pix_fmt", "yuv420p")]
    [InlineData("a.mp4", "-pix_fmt", "yuv420p")]
    public async Task Analyzes_an_animated_picture_at_several_times(string name, params string[] arguments)
    {
        var (facts, looks, frames) = await ReadAsync(await _files.MakeMovingAsync(name, arguments));

        Assert.True(facts.Moves);
        Assert.InRange(facts.Video.Duration.TotalSeconds, 3.7, 4.3);
        Assert.InRange(looks.Count, 2, 3);
        Assert.Equal("red", (await HalvesAsync(frames[0], 64, 32)).Left);
        Assert.Equal("blue", (await HalvesAsync(frames[^1], 64, 32)).Left);
        Assert.Equal(looks, frames.Select(frame => frame.Planned));
    }

    [Fact]
    public async Task Only_the_times_asked_for_are_read_of_a_picture_that_moves()
    {
        var path = await _files.MakeMovingAsync("a.gif");
        await using var input = await _parts.OpenAsync(path);
        var reader = _parts.Get<PictureReader>();
        var facts = await reader.InspectAsync(input, new FileInfo(path).Length, CancellationToken.None);

        var frames = await reader.ReadAsync(input, facts, 768, [TimeSpan.FromSeconds(3)], CancellationToken.None).ToListAsync();

        Assert.Equal("blue", (await HalvesAsync(Assert.Single(frames), 64, 32)).Left);
    }

    [Theory]
    [InlineData(1, "red", "blue", false)]
    [InlineData(2, "blue", "red", false)]
    [InlineData(3, "blue", "red", false)]
    [InlineData(6, "red", "blue", true)]
    [InlineData(8, "blue", "red", true)]
    public async Task A_turned_camera_is_turned_back(int orientation, string first, string second, bool upended)
    {
        var turned = await _files.TurnAsync(await _files.MakeAsync("a.jpg"), orientation);
        var frame = Assert.Single((await ReadAsync(turned)).Frames);

        Assert.Equal(upended ? (32, 64) : (64, 32), JpegSize.Of(frame.Jpeg.Span));
        var halves = upended ? await TopAndBottomAsync(frame, 32, 64) : await HalvesAsync(frame, 64, 32);
        Assert.Equal((first, second), halves);
    }

    [Fact]
    public async Task What_is_larger_than_the_limit_is_scaled_and_what_is_smaller_stays()
    {
        var large = Assert.Single((await ReadAsync(await _files.MakeAsync("large.jpg", "1600x400"))).Frames);
        var tall = Assert.Single((await ReadAsync(await _files.MakeAsync("tall.jpg", "400x1600"))).Frames);
        Assert.Equal((768, 192), JpegSize.Of(large.Jpeg.Span));
        Assert.Equal((192, 768), JpegSize.Of(tall.Jpeg.Span));
    }

    [Fact]
    public async Task What_is_transparent_becomes_white()
    {
        var path = await _files.MakeAsync("a.png", "64x32", "-vf", "format=rgba,colorchannelmixer=aa=0", "-pix_fmt", "rgba");
        var frame = Assert.Single((await ReadAsync(path)).Frames);
        var pixels = await PictureFiles.PixelsAsync(frame.Jpeg);
        Assert.All(pixels, value => Assert.True(value > 240));
    }

    [Theory]
    [InlineData("text", "a text")]
    [InlineData("", "an empty file")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>", "markup")]
    [InlineData("PK\u0003\u0004zip", "a zip archive")]
    public async Task What_is_no_image_is_refused_with_what_it_is(string content, string said)
    {
        await File.WriteAllTextAsync(_files.PathOf("a.jpg"), content);
        var refused = await Assert.ThrowsAsync<MediaException>(() => ReadAsync(_files.PathOf("a.jpg")));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_why_a_damaged_picture_cannot_be_decoded()
    {
        var bytes = await File.ReadAllBytesAsync(await _files.MakeAsync("a.png", "640x320"));
        await File.WriteAllBytesAsync(_files.PathOf("b.png"), bytes[..40]);
        var frame = Assert.Single((await ReadAsync(_files.PathOf("b.png"))).Frames);
        Assert.True(frame.Jpeg.IsEmpty);
        Assert.Contains("PNG", frame.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_that_claims_to_be_larger_than_memory_is_refused()
    {
        var bytes = await File.ReadAllBytesAsync(await _files.MakeAsync("a.bmp"));
        // Width and height of the header: 60000 x 60000.
        (bytes[18], bytes[19], bytes[22], bytes[23]) = (0x60, 0xEA, 0x60, 0xEA);
        await File.WriteAllBytesAsync(_files.PathOf("b.bmp"), bytes);
        var frame = Assert.Single((await ReadAsync(_files.PathOf("b.bmp"))).Frames);
        Assert.True(frame.Jpeg.IsEmpty);
        Assert.NotEmpty(frame.Reason!);
    }

    private async Task<(PictureFacts Facts, IReadOnlyList<TimeSpan> Looks, List<VideoFrame> Frames)> ReadAsync(string path)
    {
        await using var input = await _parts.OpenAsync(path);
        var reader = _parts.Get<PictureReader>();
        var facts = await reader.InspectAsync(input, new FileInfo(path).Length, CancellationToken.None);
        var looks = AnimationSamples.Plan(facts, TimeSpan.FromSeconds(2));
        return (facts, looks, await reader.ReadAsync(input, facts, 768, looks, CancellationToken.None).ToListAsync());
    }

    private static async Task<(string Left, string Right)> HalvesAsync(VideoFrame frame, int width, int height)
    {
        Assert.False(frame.Jpeg.IsEmpty, frame.Reason);
        var pixels = await PictureFiles.PixelsAsync(frame.Jpeg);
        return (ColorAt(pixels, width, width / 4, height / 2), ColorAt(pixels, width, width * 3 / 4, height / 2));
    }

    private static async Task<(string Top, string Bottom)> TopAndBottomAsync(VideoFrame frame, int width, int height)
    {
        var pixels = await PictureFiles.PixelsAsync(frame.Jpeg);
        return (ColorAt(pixels, width, width / 2, height / 4), ColorAt(pixels, width, width / 2, height * 3 / 4));
    }

    private static string ColorAt(byte[] pixels, int width, int x, int y)
    {
        var at = ((y * width) + x) * 3;
        return pixels[at] > 150 ? "red"
            : pixels[at + 2] > 150 ? "blue"
            : "another";
    }
}
