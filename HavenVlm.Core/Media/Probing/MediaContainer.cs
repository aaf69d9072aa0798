using System.Buffers.Binary;
using System.Text;

namespace HavenVlm.Core.Media.Probing;

/// <summary>
/// Tells what a file is from its first bytes, whatever it is called. ffmpeg is made to use exactly this demuxer: left to choose, it would also
/// follow playlists and scripts to other files and addresses.
/// </summary>
internal static class MediaContainer
{
    /// <summary>Bytes that are examined.</summary>
    public const int HeadLength = 4096;

    private const int TransportPacket = 188;

    /// <summary>ffmpeg's names of the containers that are accepted.</summary>
    public static IReadOnlySet<string> Accepted { get; } =
        new HashSet<string>(StringComparer.Ordinal) { "mov", "matroska", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "asf", "ogg", "rm" };

    private static readonly HashSet<string> QuickTimeAtoms = new(StringComparer.Ordinal)
    {
        "ftyp",
        "moov",
        "mdat",
        "free",
        "skip",
        "wide",
        "pnot",
    };

    /// <summary>ffmpeg's name of the container, or null when it is none that is accepted.</summary>
    public static string? Detect(ReadOnlySpan<byte> head) =>
        head switch
        {
            [_, _, _, _, _, _, _, _, ..] when QuickTimeAtoms.Contains(Encoding.Latin1.GetString(head[4..8])) => "mov",
            [0x1A, 0x45, 0xDF, 0xA3, ..] => "matroska",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'A', (byte)'V', (byte)'I', (byte)' ', ..] => "avi",
            [(byte)'F', (byte)'L', (byte)'V', 1, ..] => "flv",
            [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, ..] => "asf",
            [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => "ogg",
            [(byte)'.', (byte)'R', (byte)'M', (byte)'F', ..] => "rm",
            [0, 0, 1, 0xBA, ..] => "mpeg",
            [0, 0, 1, 0xB3, ..] => "mpegvideo",
            _ => IsTransportStream(head) ? "mpegts" : null,
        };

    /// <summary>What a file that is no video seems to be, for people.</summary>
    public static string Describe(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
        {
            return "an empty file, or a pipe or device";
        }

        var text = Encoding.Latin1.GetString(head[..Math.Min(head.Length, 512)]);
        var plain = text.TrimStart('\u00EF', '\u00BB', '\u00BF', ' ', '\t', '\r', '\n');
        return head switch
        {
            [0xFF, 0xD8, 0xFF, ..] => "a JPEG picture",
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "a PNG picture",
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "a GIF picture",
            [(byte)'P', (byte)'K', 3, 4, ..] => "a zip archive",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => "a RIFF file without video",
            _ when plain.StartsWith("#EXTM3U", StringComparison.OrdinalIgnoreCase) => "a playlist (HLS)",
            _ when plain.StartsWith("ffconcat", StringComparison.OrdinalIgnoreCase) => "a concat script",
            _ when plain.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase) => "an XML document",
            _ when plain.StartsWith('<') => "a web page, picture or playlist in markup",
            _ when !text.AsSpan().ContainsAnyExceptInRange('\t', '\u00FF') && !text.Contains('\u001A', StringComparison.Ordinal) =>
                "a text",
            _ => "data of an unknown kind",
        };
    }

    private static bool IsTransportStream(ReadOnlySpan<byte> head)
    {
        // Plain packets have 188 bytes; discs put a time stamp of 4 bytes before each.
        return HasSync(head, 0, TransportPacket) || HasSync(head, 4, TransportPacket + 4);
    }

    private static bool HasSync(ReadOnlySpan<byte> head, int offset, int length)
    {
        const int Needed = 5;
        for (var i = 0; i < Needed; i++)
        {
            var at = offset + (i * length);
            if (at >= head.Length || head[at] != 0x47)
            {
                return false;
            }
        }

        return BinaryPrimitives.ReadUInt32BigEndian(head) != 0x47474747;
    }
}
