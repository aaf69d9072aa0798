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

    /// <summary>Bytes that are examined where the first of them do not tell: recordings begin anywhere, and padding may come first.</summary>
    public const int LongHeadLength = 64 * 1024;

    /// <summary>ffmpeg's names of the containers that are accepted.</summary>
    public static IReadOnlySet<string> Accepted { get; } =
        new HashSet<string>(StringComparer.Ordinal)
        {
            "mov",
            "matroska",
            "avi",
            "mpegts",
            "mpeg",
            "mpegvideo",
            "flv",
            "asf",
            "ogg",
            "rm",
            "wtv",
            "mxf",
            "nut",
            "h264",
            "hevc",
        };

    private static readonly HashSet<string> QuickTimeAtoms = new(StringComparer.Ordinal)
    {
        "ftyp",
        "moov",
        "mdat",
        "free",
        "skip",
        "wide",
        "pnot",
        "styp",
        "sidx",
        "moof",
    };

    private static readonly byte[] Wtv = [0xB7, 0xD8, 0x00, 0x20, 0x37, 0x49, 0xDA, 0x11, 0xA6, 0x4E, 0x00, 0x07, 0xE9, 0x5E, 0xAD, 0x8D];

    // The key of the first partition.
    private static readonly byte[] Mxf = [0x06, 0x0E, 0x2B, 0x34, 0x02, 0x05, 0x01, 0x01, 0x0D, 0x01, 0x02, 0x01, 0x01, 0x02];

    /// <summary>Whether the container is but a row of pictures without times: they are counted, and there is nothing to seek by.</summary>
    public static bool IsRawPictures(string container) => container is "h264" or "hevc";

    /// <summary>Length of an ID3 tag in front of everything; 0 = there is none, or one of unlikely size.</summary>
    public static int TagLength(ReadOnlySpan<byte> head)
    {
        const int Header = 10;
        const int Longest = 4 << 20;
        if (head.Length < Header || !head.StartsWith("ID3"u8))
        {
            return 0;
        }

        // Seven bits of each byte count.
        var length = Header + (((head[6] & 0x7F) << 21) | ((head[7] & 0x7F) << 14) | ((head[8] & 0x7F) << 7) | (head[9] & 0x7F));
        return length <= Longest ? length : 0;
    }

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
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'C', (byte)'D', (byte)'X', (byte)'A', ..] => "mpeg",
            _ when head.StartsWith("nut/multimedia container\0"u8) => "nut",
            _ when head.StartsWith(Wtv) => "wtv",
            _ when head.StartsWith(Mxf) => "mxf",
            [(byte)'I', (byte)'D', (byte)'3', ..] => null,
            _ when MpegStreams.IsTransportStream(head) => "mpegts",
            _ when MpegStreams.HasProgramStream(head) => "mpeg",
            _ => MpegStreams.RawKind(head),
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
}
