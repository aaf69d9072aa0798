using System.Buffers.Binary;
using System.Diagnostics;

namespace HavenVlm.Core.Tests.Media.Pictures;

/// <summary>Makes images of every format with the real encoders: left half red, right half blue, in a folder of its own.</summary>
internal sealed class PictureFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("haven-pictures-");

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>A picture of 64 x 32 by default; the extension chooses the format.</summary>
    public async Task<string> MakeAsync(string name, string size = "64x32", params string[] arguments)
    {
        var source = $"color=red:s={size}:d=1:r=1,drawbox=x=iw/2:y=0:w=iw/2:h=ih:c=blue:t=fill";
        await FfmpegAsync(["-f", "lavfi", "-i", source, "-frames:v", "1", .. arguments, PathOf(name)]);
        return PathOf(name);
    }

    /// <summary>A picture that moves: red for the first half of its four seconds, then blue.</summary>
    public async Task<string> MakeMovingAsync(string name, params string[] arguments)
    {
        const string Source = "color=red:s=64x32:d=4:r=5,drawbox=c=blue:t=fill:enable='gte(t,2)'";
        await FfmpegAsync(["-f", "lavfi", "-i", Source, .. arguments, PathOf(name)]);
        return PathOf(name);
    }

    /// <summary>The JPEG with an Exif orientation written into it, as a camera that was turned does.</summary>
    public async Task<string> TurnAsync(string jpeg, int orientation)
    {
        var bytes = await File.ReadAllBytesAsync(jpeg);
        byte[] exif =
        [
            0xFF,
            0xE1,
            0,
            34,
            .. "Exif\0\0"u8,
            .. "MM"u8,
            0,
            42,
            0,
            0,
            0,
            8,
            0,
            1,
            0x01,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            (byte)orientation,
            0,
            0,
            0,
            0,
            0,
            0,
        ];
        BinaryPrimitives.WriteUInt16BigEndian(exif.AsSpan(2), (ushort)(exif.Length - 2));
        var path = PathOf($"turned-{orientation}.jpg");
        await File.WriteAllBytesAsync(path, [.. bytes[..2], .. exif, .. bytes[2..]]);
        return path;
    }

    public static async Task<byte[]> PixelsAsync(ReadOnlyMemory<byte> jpeg)
    {
        var start = new ProcessStartInfo("ffmpeg")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        string[] arguments = ["-loglevel", "error", "-f", "jpeg_pipe", "-i", "pipe:0", "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1"];
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        var reading = ReadAsync(process.StandardOutput.BaseStream);
        await process.StandardInput.BaseStream.WriteAsync(jpeg);
        process.StandardInput.Close();
        var pixels = await reading;
        await process.WaitForExitAsync();
        return pixels;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    private static async Task FfmpegAsync(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])["-hide_banner", "-loglevel", "error", "-nostdin", "-y", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, errors);
    }
}
