using System.Buffers.Binary;
using System.Text;

namespace HavenVlm.Core.Tests.Media.Reliability;

/// <summary>Videos that are cut off, damaged, lie or hold something else than pictures.</summary>
internal sealed class BrokenVideos(WholeFiles whole)
{
    private const string DamagedWords = "cut off|damaged|cannot be opened|no picture|too large|not a video";

    public IEnumerable<BrokenFile> All() =>
        [.. Truncated(), .. Flipped(), .. Lost(), .. WrongKinds(), .. Lies(), .. WithoutPictures(), .. NoFiles()];

    private IEnumerable<BrokenFile> Truncated()
    {
        for (var percent = 10; percent < 100; percent += 10)
        {
            yield return Cut("faststart.mp4", percent, null);
            yield return Cut("plain.mp4", percent, DamagedWords);
            yield return Cut("plain.mkv", percent, null);
        }

        foreach (var name in (string[])["plain.ts", "plain.avi", "plain.flv", "plain.webm", "plain.mpg", "plain.wmv", "plain.ogv"])
        {
            yield return Cut(name, 2, null);
            yield return Cut(name, 50, null);
        }
    }

    private BrokenFile Cut(string name, int percent, string? reason) =>
        From($"cut-{percent}-{name}", name, bytes => Bytes.Cut(bytes, percent), reason);

    private IEnumerable<BrokenFile> Flipped() =>
        from name in WholeFiles.Names
        from seed in Enumerable.Range(1, name is "faststart.mp4" or "plain.mkv" ? 3 : 1)
        select From($"flipped-{seed}-{name}", name, bytes => Bytes.Flip(bytes, seed), reason: null);

    private IEnumerable<BrokenFile> Lost()
    {
        yield return From("half-lost.mp4", "faststart.mp4", bytes => Bytes.Lose(bytes, 50), reason: null);
        yield return From("half-lost.mkv", "plain.mkv", bytes => Bytes.Lose(bytes, 50), reason: null);
        yield return From("half-lost.ts", "plain.ts", bytes => Bytes.Lose(bytes, 50), reason: null);
    }

    private IEnumerable<BrokenFile> WrongKinds()
    {
        yield return Of("empty.mp4", [], "an empty file");
        yield return Of("one-byte.mp4", [0], "an? (text|data)|data");
        yield return Of("text.mp4", "Not every file is a film.\n"u8.ToArray(), "a text");
        yield return Of("page.mp4", "<html><body>Moved</body></html>"u8.ToArray(), "a web page");
        yield return Of("archive.mkv", [(byte)'P', (byte)'K', 3, 4, .. new byte[4000]], "a zip archive");
        yield return Of("zeros.mp4", new byte[100_000], "data of an unknown kind");
        yield return Of("noise.mp4", Noise(100_000), "data of an unknown kind|a text");
        yield return Of(
            "noise-behind-a-head.mp4",
            [.. Bytes.Atom("ftyp", "isom"u8.ToArray(), new byte[4]), .. Noise(100_000)],
            DamagedWords
        );
        yield return Of("noise-behind-a-head.mkv", [0x1A, 0x45, 0xDF, 0xA3, .. Noise(100_000)], DamagedWords);
        yield return Of(
            "only-sync.ts",
            [.. Enumerable.Range(0, 18_800).Select(i => i % 188 == 0 ? (byte)0x47 : (byte)0)],
            DamagedWords + "|no streams"
        );
        yield return From("film.jpg", "plain.mkv", bytes => bytes, null) with
        {
            IsWhole = true,
        };
        yield return From("matroska-called.mp4", "plain.mkv", bytes => bytes, null) with
        {
            IsWhole = true,
        };
        yield return Made(
            "picture.mp4",
            path => whole.FfmpegAsync("-f", "lavfi", "-i", "testsrc=s=64x64", "-frames:v", "1", "-f", "apng", path),
            "a PNG picture"
        );
        yield return Made(
            "stream.h264.mp4",
            path => whole.FfmpegAsync("-i", whole.Path("plain.mp4"), "-c", "copy", "-f", "h264", path),
            null
        );
    }

    private IEnumerable<BrokenFile> Lies()
    {
        yield return From(
            "endless.mp4",
            "faststart.mp4",
            b => Bytes.Patch(Bytes.Patch(b, "mvhd"u8, 20, Bytes.Big(0x7FFFFFFF)), "mdhd"u8, 20, Bytes.Big(0x7FFFFFFF)),
            null
        );
        yield return From("endless.mkv", "plain.mkv", bytes => Bytes.Patch(bytes, [0x44, 0x89, 0x88], 3, Double(1e15)), null);
        yield return From("slow-clock.mp4", "faststart.mp4", bytes => Bytes.Patch(bytes, "mdhd"u8, 16, Bytes.Big(1)), null);
        yield return From("no-clock.mp4", "faststart.mp4", bytes => Bytes.Patch(bytes, "mdhd"u8, 16, Bytes.Big(0)), null);
        yield return From("huge-steps.mp4", "faststart.mp4", bytes => Bytes.Patch(bytes, "stts"u8, 16, Bytes.Big(0x7FFFFFFF)), null);
        yield return From("huge-samples.mp4", "faststart.mp4", bytes => Bytes.Patch(bytes, "stsz"u8, 8, Bytes.Big(0x7FFFFFFF)), null);
        yield return From("countless-samples.mp4", "faststart.mp4", bytes => Bytes.Patch(bytes, "stsz"u8, 12, Bytes.Big(0x3FFFFFFF)), null);
        yield return From("samples-elsewhere.mp4", "faststart.mp4", bytes => Bytes.Patch(bytes, "stco"u8, 12, Bytes.Big(0xFFFFFFF0)), null);
        yield return From("huge-atom.mp4", "faststart.mp4", bytes => Bytes.Patch(bytes, "moov"u8, -4, Bytes.Big(0x7FFFFFFF)), null);
        yield return Of("nested.mp4", Bytes.Nest(20_000), DamagedWords + "|no streams");
        yield return From("16k-film.mp4", "motion.mov", b => Resize(b, 16_384), "too large|cut off|damaged|[Nn]o picture|cannot be opened");
        yield return From("sizeless.mp4", "faststart.mp4", bytes => Bytes.Patch(bytes, "avc1"u8, 28, new byte[4]), null);
        yield return Made(
            "one-pixel.mov",
            path =>
                whole.FfmpegAsync(
                    "-f",
                    "lavfi",
                    "-i",
                    "color=red:s=16x16:r=5:d=2",
                    "-vf",
                    "scale=1:1",
                    "-c:v",
                    "rawvideo",
                    "-pix_fmt",
                    "rgb24",
                    path
                ),
            null
        );
        yield return Made(
            "a-line.mkv",
            path => whole.FfmpegAsync("-f", "lavfi", "-i", "color=red:s=16000x16:r=5:d=2", "-c:v", "ffv1", path),
            null
        );
        yield return Made("changing.ts", ChangingAsync, null);
        yield return Made(
            "no-times.avi",
            path => whole.FfmpegAsync("-i", whole.Path("plain.mp4"), "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "avi", path),
            null
        );
        yield return Made(
            "elementary.mpg",
            path => whole.FfmpegAsync("-i", whole.Path("plain.mpg"), "-c", "copy", "-f", "mpeg2video", path),
            null
        );
        yield return Made(
            "one-frame.mp4",
            path => whole.FfmpegAsync("-f", "lavfi", "-i", "testsrc=s=160x96", "-frames:v", "1", "-c:v", "libx264", path),
            null
        );
    }

    private IEnumerable<BrokenFile> WithoutPictures()
    {
        yield return Made("sound.mp4", path => whole.FfmpegAsync("-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac", path), "holds only sound");
        yield return Made("subtitles.mkv", SubtitlesAsync, "no video stream, only: subtitle");
        yield return Made("cover.mp4", CoverAsync, "holds no video stream, only: .*a cover picture");
        yield return Made(
            "encrypted.mp4",
            path =>
                whole.FfmpegAsync(
                    "-i",
                    whole.Path("plain.mp4"),
                    "-c",
                    "copy",
                    "-encryption_scheme",
                    "cenc-aes-ctr",
                    "-encryption_key",
                    "00112233445566778899aabbccddeeff",
                    "-encryption_kid",
                    "00112233445566778899aabbccddeeff",
                    path
                ),
            "is encrypted"
        );
    }

    private static IEnumerable<BrokenFile> NoFiles()
    {
        yield return Made("folder.mp4", Folder, "File not found|may not be read");
        yield return Made("gone.mp4", _ => Task.CompletedTask, "File not found");
        if (!OperatingSystem.IsWindows())
        {
            yield return Made("dangling.mp4", path => Link(path, "/nowhere/film.mp4"), "File not found");
            yield return Made("device.mp4", path => Link(path, "/dev/zero"), "an empty file");
            yield return Made("link-to-pipe.mp4", LinkToPipeAsync, "an empty file");
            yield return Made("pipe.mp4", path => Tools.RunAsync("mkfifo", path), "an empty file");
        }
    }

    private static Task Folder(string path)
    {
        Directory.CreateDirectory(path);
        return Task.CompletedTask;
    }

    private static Task Link(string path, string target)
    {
        File.CreateSymbolicLink(path, target);
        return Task.CompletedTask;
    }

    private static async Task LinkToPipeAsync(string path)
    {
        await Tools.RunAsync("mkfifo", $"{path}.pipe");
        File.CreateSymbolicLink(path, $"{path}.pipe");
    }

    private async Task ChangingAsync(string path)
    {
        var parts = new List<byte>();
        foreach (var size in (string[])["64x48", "640x480", "8x8"])
        {
            var part = $"{path}.{size}.ts";
            await whole.FfmpegAsync("-f", "lavfi", "-i", $"testsrc=s={size}:r=10:d=2", "-c:v", "mpeg2video", part);
            parts.AddRange(await File.ReadAllBytesAsync(part));
            File.Delete(part);
        }

        await File.WriteAllBytesAsync(path, [.. parts]);
    }

    private async Task SubtitlesAsync(string path)
    {
        var text = $"{path}.srt";
        await File.WriteAllTextAsync(text, "1\n00:00:00,000 --> 00:00:02,000\nHello\n");
        await whole.FfmpegAsync("-i", text, "-c:s", "srt", path);
        File.Delete(text);
    }

    private Task CoverAsync(string path) =>
        whole.FfmpegAsync(
            "-f",
            "lavfi",
            "-i",
            "sine=d=2",
            "-f",
            "lavfi",
            "-i",
            "testsrc=s=64x64",
            "-frames:v",
            "1",
            "-c:a",
            "aac",
            "-c:v",
            "mjpeg",
            "-disposition:v",
            "attached_pic",
            path
        );

    // The size stands in the sample description and in each JPEG's frame header.
    private static byte[] Resize(byte[] film, ushort side)
    {
        byte[] size = [(byte)(side >> 8), (byte)side, (byte)(side >> 8), (byte)side];
        return Bytes.Patch(Bytes.Patch(film, "jpeg"u8, 28, size), [0xFF, 0xC0, 0, 17, 8], 5, size);
    }

    private static byte[] Double(double value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(6).NextBytes(bytes);
        return bytes;
    }

    private static BrokenFile Of(string name, byte[] content, string reason) =>
        Made(name, path => File.WriteAllBytesAsync(path, content), reason);

    private static BrokenFile Made(string name, Func<string, Task> make, string? reason) => new(name, make, reason);

    private BrokenFile From(string name, string source, Func<byte[], byte[]> breaking, string? reason) =>
        new(name, async path => await File.WriteAllBytesAsync(path, breaking(await File.ReadAllBytesAsync(whole.Path(source)))), reason);
}
