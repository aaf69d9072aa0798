using System.Buffers.Binary;
using System.Text;

namespace HavenVlm.Core.Tests.Media.Frames;

/// <summary>Films that their container turns and mirrors, in each of the eight ways.</summary>
public sealed class OrientationTests(MediaCorpus corpus) : IAsyncDisposable
{
    // Upper left, upper right, lower left, lower right as stored.
    private const string Corners =
        "color=white:s=160x96:r=5:d=0.6,drawbox=x=0:y=0:w=80:h=48:color=red:t=fill,drawbox=x=80:y=0:w=80:h=48:color=0x00FF00:t=fill,"
        + "drawbox=x=0:y=48:w=80:h=48:color=blue:t=fill";

    private const int MatrixOffset = 44;
    private readonly MediaParts _parts = new();

    [Theory]
    [InlineData(1, 0, 0, 1, "red green blue white")]
    [InlineData(0, 1, -1, 0, "blue red white green")]
    [InlineData(-1, 0, 0, -1, "white blue green red")]
    [InlineData(0, -1, 1, 0, "green white red blue")]
    [InlineData(-1, 0, 0, 1, "green red white blue")]
    [InlineData(1, 0, 0, -1, "blue white red green")]
    [InlineData(0, 1, 1, 0, "red blue green white")]
    [InlineData(0, -1, -1, 0, "white green blue red")]
    public async Task The_whole_display_matrix_turns_and_mirrors_the_picture(int a, int b, int c, int d, string corners)
    {
        var path = await corpus.Make(
            $"matrix{a}{b}{c}{d}.mp4",
            async file =>
            {
                await SampleVideo.MakeAsync("-f", "lavfi", "-i", Corners, "-c:v", "libx264", "-pix_fmt", "yuv420p", file);
                var bytes = await File.ReadAllBytesAsync(file);
                var header = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes("tkhd"));
                foreach (var (place, value) in new[] { (0, a), (1, b), (3, c), (4, d) })
                {
                    BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(header + MatrixOffset + (4 * place)), value * 0x10000);
                }

                await File.WriteAllBytesAsync(file, bytes);
            }
        );

        var facts = await _parts.ProbeAsync(path);
        var frame = Assert.Single(await _parts.ExtractAsync(path, [TimeSpan.Zero], TimeSpan.FromSeconds(0.1)));
        var picture = await DecodedPicture.OfAsync(frame.Jpeg);

        Assert.Equal(a == 0 ? (96, 160) : (160, 96), (facts.Width, facts.Height));
        Assert.Equal((facts.Width, facts.Height), (picture.Width, picture.Height));
        Assert.Equal(
            corners,
            $"{picture.NameAt(0.2, 0.2)} {picture.NameAt(0.8, 0.2)} {picture.NameAt(0.2, 0.8)} {picture.NameAt(0.8, 0.8)}"
        );
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();
}
