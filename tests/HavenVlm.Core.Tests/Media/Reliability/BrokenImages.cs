using System.IO.Compression;
using System.Text;

namespace HavenVlm.Core.Tests.Media.Reliability;

/// <summary>Images that are cut off, damaged, or claim more than they are.</summary>
internal sealed class BrokenImages(WholeFiles whole)
{
    private static readonly (string Name, string[] Encoder)[] Kinds =
    [
        ("whole.jpg", ["-c:v", "mjpeg"]),
        ("whole.png", ["-c:v", "png"]),
        ("whole.gif", ["-c:v", "gif"]),
        ("whole.webp", ["-c:v", "libwebp"]),
        ("whole.bmp", ["-c:v", "bmp"]),
        ("whole.tiff", ["-c:v", "tiff"]),
    ];

    public IEnumerable<BrokenFile> All() => [.. Damaged(), .. Lies()];

    public Task MakeAsync() =>
        Task.WhenAll(
            Kinds.Select(kind =>
                whole.FfmpegAsync(["-f", "lavfi", "-i", "testsrc=s=160x96", "-frames:v", "1", .. kind.Encoder, whole.Path(kind.Name)])
            )
        );

    private IEnumerable<BrokenFile> Damaged() =>
        Kinds.SelectMany(kind =>
            (BrokenFile[])
                [
                    From($"cut-50-{kind.Name}", kind.Name, bytes => Bytes.Cut(bytes, 50), null),
                    From($"cut-2-{kind.Name}", kind.Name, bytes => Bytes.Cut(bytes, 2), null),
                    From($"flipped-{kind.Name}", kind.Name, bytes => Bytes.Flip(bytes, seed: 6), null),
                ]
        );

    private IEnumerable<BrokenFile> Lies()
    {
        yield return Of("bomb.png", Png(16_000, 16_000, rows: 16_000), reason: null);
        yield return Of("vast.png", Png(100_000, 100_000, rows: 1), "could not be decoded");
        yield return Of("huge-head.png", Png(16_384, 16_384, rows: 1), reason: null);
        yield return Of(
            "vast.gif",
            [.. "GIF89a"u8, 0xFF, 0xFF, 0xFF, 0xFF, 0x80, 0, 0, .. new byte[6], 0x2C, .. new byte[20]],
            reason: null
        );
        yield return Of(
            "vast.bmp",
            [.. "BM"u8, .. new byte[12], 40, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 1, 0, 24, 0, .. new byte[64]],
            "could not be decoded"
        );
        yield return Of("loop.tiff", [.. "II"u8, 42, 0, 8, 0, 0, 0, 0, 0, 8, 0, 0, 0, .. new byte[64]], "could not be decoded");
        yield return Of(
            "still.webp",
            [.. "RIFF"u8, 0xFF, 0xFF, 0xFF, 0x7F, .. "WEBPVP8X"u8, 10, 0, 0, 0, 2, .. new byte[9], .. "ANMF"u8, 0xFF, 0xFF, 0xFF, 0xFF],
            "cut off or damaged"
        );
        yield return Of("archive.jpg", [(byte)'P', (byte)'K', 3, 4, .. new byte[4000]], "no image that can be read: it is a zip archive");
        yield return Of("empty.png", [], "an empty file");
        yield return Of("head.avif", [0, 0, 0, 16, .. "ftypavif"u8, 0, 0, 0, 0, .. new byte[100]], "could not be decoded");
    }

    /// <summary>A PNG (RFC 2083) of one bit per pixel, all black, that packs a thousand to one.</summary>
    private static byte[] Png(uint width, uint height, int rows)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[(width / 8) + 1];
            for (var i = 0; i < rows; i++)
            {
                zip.Write(row);
            }
        }

        byte[] head = [.. Bytes.Big(width), .. Bytes.Big(height), 1, 0, 0, 0, 0];
        return [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR", head), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    private static byte[] Chunk(string name, byte[] content)
    {
        byte[] named = [.. Encoding.Latin1.GetBytes(name), .. content];
        return [.. Bytes.Big((uint)content.Length), .. named, .. Bytes.Big(Checksum(named))];
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var each in bytes)
        {
            sum ^= each;
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum >> 1) ^ ((sum & 1) * 0xEDB88320);
            }
        }

        return ~sum;
    }

    private static BrokenFile Of(string name, byte[] content, string? reason) =>
        new(name, path => File.WriteAllBytesAsync(path, content), reason) { IsImage = true };

    private BrokenFile From(string name, string source, Func<byte[], byte[]> breaking, string? reason) =>
        new(name, async path => await File.WriteAllBytesAsync(path, breaking(await File.ReadAllBytesAsync(whole.Path(source)))), reason)
        {
            IsImage = true,
        };
}
