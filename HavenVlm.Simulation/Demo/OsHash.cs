using System.Buffers.Binary;
using System.Globalization;

namespace HavenVlm.Simulation.Demo;

/// <summary>The hash that Stash gives every video: the size plus the sums of the first and the last 64 KiB as 64-bit words (OpenSubtitles).</summary>
internal static class OsHash
{
    private const int Part = 64 * 1024;

    /// <summary>The hash in hexadecimal.</summary>
    public static async Task<string> OfAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        var part = new byte[Math.Min(Part, file.Length / 8 * 8)];
        var sum = (ulong)file.Length;
        foreach (var start in new[] { 0, file.Length - part.Length })
        {
            file.Position = start;
            await file.ReadExactlyAsync(part, cancellationToken);
            for (var i = 0; i < part.Length; i += 8)
            {
                sum = unchecked(sum + BinaryPrimitives.ReadUInt64LittleEndian(part.AsSpan(i)));
            }
        }

        return sum.ToString("x16", CultureInfo.InvariantCulture);
    }
}
