using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace HavenVlm.Core.Storage;

/// <summary>One file of lines that is only appended to.</summary>
internal static class LineFile
{
    private const int BlockSize = 4096;

    /// <summary>Opens for reading without hindering writers, or a seal that removes the file.</summary>
    public static FileStream OpenRead(string path) =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 16 * 1024,
            }
        );

    /// <summary>Appends whole lines behind the last whole line and puts them on the disk.</summary>
    public static async Task AppendAsync(string path, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        var isNew = !File.Exists(path);
        if (isNew)
        {
            DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
        }

        using (var file = OpenWrite(path))
        {
            var length = RandomAccess.GetLength(file);
            var end = await WholeLinesAsync(file, length, cancellationToken);
            if (end < length)
            {
                RandomAccess.SetLength(file, end);
            }

            try
            {
                await RandomAccess.WriteAsync(file, lines, end, cancellationToken);
                RandomAccess.FlushToDisk(file);
            }
            catch
            {
                // A group is there whole or not at all, also when the disk is full.
                RandomAccess.SetLength(file, end);
                throw;
            }
        }

        if (isNew)
        {
            DurableFile.FlushDirectory(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>Removes what a crash left behind the last whole line.</summary>
    public static async Task CutTornEndAsync(string path, CancellationToken cancellationToken)
    {
        using var file = OpenWrite(path);
        var length = RandomAccess.GetLength(file);
        var end = await WholeLinesAsync(file, length, cancellationToken);
        if (end < length)
        {
            RandomAccess.SetLength(file, end);
            RandomAccess.FlushToDisk(file);
        }
    }

    /// <summary>Length up to and including the last line feed within the first <paramref name="length"/> bytes.</summary>
    public static async Task<long> WholeLinesAsync(SafeFileHandle file, long length, CancellationToken cancellationToken)
    {
        var block = new byte[BlockSize];
        while (length > 0)
        {
            var from = Math.Max(0, length - BlockSize);
            var read = await RandomAccess.ReadAsync(file, block.AsMemory(0, (int)(length - from)), from, cancellationToken);
            var last = block.AsSpan(0, read).LastIndexOf((byte)'\n');
            if (last >= 0)
            {
                return from + last + 1;
            }

            length = from;
        }

        return 0;
    }

    /// <summary>Writes a compressed copy to a new file and puts it on the disk.</summary>
    public static async Task CompressAsync(string from, string to, CancellationToken cancellationToken)
    {
        await using var source = OpenRead(from);
        await CompressAsync(source, to, cancellationToken);
    }

    /// <summary>Writes a compressed copy to a new file and puts it on the disk.</summary>
    public static async Task CompressAsync(Stream source, string to, CancellationToken cancellationToken)
    {
        await using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, 16 * 1024, useAsync: true);
        await using (var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true))
        {
            await source.CopyToAsync(gzip, cancellationToken);
        }

        await target.FlushAsync(cancellationToken);
        RandomAccess.FlushToDisk(target.SafeFileHandle);
    }

    private static SafeFileHandle OpenWrite(string path) =>
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.Asynchronous);
}
