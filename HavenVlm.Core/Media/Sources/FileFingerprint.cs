using System.Buffers.Binary;
using System.Globalization;

namespace HavenVlm.Core.Media.Sources;

/// <summary>
/// The OpenSubtitles hash of a file, which Stash calls <c>oshash</c>: its size and the sums of its first and last 64 KiB as 64-bit
/// little-endian numbers. So a file analyzed without Stash shares its answers with the scene of the same file.
/// </summary>
internal static class FileFingerprint
{
    private const int Part = 64 * 1024;

    /// <summary>The hash as 16 hexadecimal digits.</summary>
    public static async Task<string> OfAsync(string path, CancellationToken cancellationToken)
    {
        // What is empty or no regular file has a hash too; whoever reads it says what it is.
        using var file = RegularFile.TryOpen(path);
        if (file is null)
        {
            return 0.ToString("x16", CultureInfo.InvariantCulture);
        }

        var hash = (ulong)file.Length;
        hash = await AddAsync(file, 0, hash, cancellationToken);
        hash = await AddAsync(file, Math.Max(0, file.Length - Part), hash, cancellationToken);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static async Task<ulong> AddAsync(RegularFile file, long from, ulong hash, CancellationToken cancellationToken)
    {
        var buffer = new byte[Part];
        _ = await file.ReadFullyAsync(buffer, from, cancellationToken);
        for (var i = 0; i < Part; i += sizeof(ulong))
        {
            hash = unchecked(hash + BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(i)));
        }

        return hash;
    }
}
