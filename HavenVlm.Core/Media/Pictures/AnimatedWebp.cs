using System.Buffers.Binary;

namespace HavenVlm.Core.Media.Pictures;

/// <summary>A whole picture of an animated WebP.</summary>
/// <param name="Time">When it is shown.</param>
/// <param name="Start">Where its chunks begin in the file.</param>
/// <param name="Length">Length of its chunks.</param>
/// <param name="HasAlpha">Whether one of them is an alpha channel.</param>
internal sealed record WebpPicture(TimeSpan Time, int Start, int Length, bool HasAlpha);

/// <summary>
/// Takes an animated WebP apart (RFC 9649): ffmpeg before version 8 reads still ones only. Pictures that say only what changed are left out, whole
/// ones are made into still files of their own.
/// </summary>
internal static class AnimatedWebp
{
    private const int ChunkHeader = 8;
    private const int FrameHeader = 16;
    private const byte AnimationFlag = 0x02;
    private const byte AlphaFlag = 0x10;
    private const byte NoBlending = 0x02;

    /// <summary>Whether a WebP file says that it moves.</summary>
    public static bool IsAnimated(ReadOnlySpan<byte> head) =>
        head.Length > 20 && head[12..16].SequenceEqual("VP8X"u8) && (head[20] & AnimationFlag) != 0;

    /// <summary>The whole pictures of a file, in the order of time, and how long it lasts.</summary>
    public static (IReadOnlyList<WebpPicture> Pictures, TimeSpan Duration) Read(ReadOnlySpan<byte> file)
    {
        var pictures = new List<WebpPicture>();
        var time = TimeSpan.Zero;
        if (file.Length < 30)
        {
            return (pictures, time);
        }

        var canvas = (Width: Three(file, 24), Height: Three(file, 27));
        for (long at = 12; at + ChunkHeader <= file.Length; )
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(file[((int)at + 4)..]);
            var end = at + ChunkHeader + length;
            if (end > file.Length)
            {
                break;
            }

            if (length > FrameHeader && file.Slice((int)at, 4).SequenceEqual("ANMF"u8))
            {
                var frame = file.Slice((int)at + ChunkHeader, (int)length);
                var content = frame[FrameHeader..];
                var hasAlpha = content.StartsWith("ALPH"u8);
                if (IsWhole(frame, canvas, hasAlpha || IsLosslessWithAlpha(content), isFirst: pictures.Count == 0 && time == TimeSpan.Zero))
                {
                    pictures.Add(new WebpPicture(time, (int)at + ChunkHeader + FrameHeader, content.Length, hasAlpha));
                }

                // Browsers show pictures that say 0 for a tenth of a second.
                var shown = Three(frame, 12);
                time += TimeSpan.FromMilliseconds(shown == 0 ? 100 : shown);
            }

            at = end + (length & 1);
        }

        return (pictures, time);
    }

    /// <summary>One whole picture as a still file.</summary>
    public static ReadOnlyMemory<byte> ToStill(ReadOnlySpan<byte> file, WebpPicture picture)
    {
        var extended = picture.HasAlpha ? ChunkHeader + 10 : 0;
        var still = new byte[12 + extended + picture.Length];
        "RIFF"u8.CopyTo(still);
        BinaryPrimitives.WriteUInt32LittleEndian(still.AsSpan(4), (uint)(still.Length - 8));
        "WEBP"u8.CopyTo(still.AsSpan(8));
        if (picture.HasAlpha)
        {
            // A separate alpha channel is allowed only in the extended form; its size is that of the whole file's canvas.
            "VP8X"u8.CopyTo(still.AsSpan(12));
            still[16] = 10;
            still[20] = AlphaFlag;
            file[24..30].CopyTo(still.AsSpan(24));
        }

        file.Slice(picture.Start, picture.Length).CopyTo(still.AsSpan(12 + extended));
        return still;
    }

    // After the signature: 14 bits width, 14 bits height, one bit that says whether alpha is used.
    private static bool IsLosslessWithAlpha(ReadOnlySpan<byte> content) =>
        content.StartsWith("VP8L"u8) && (content.Length < ChunkHeader + 5 || (content[ChunkHeader + 4] & 0x10) != 0);

    private static bool IsWhole(ReadOnlySpan<byte> frame, (int Width, int Height) canvas, bool mayBeTransparent, bool isFirst) =>
        Three(frame, 0) == 0
        && Three(frame, 3) == 0
        && Three(frame, 6) == canvas.Width
        && Three(frame, 9) == canvas.Height
        && (isFirst || !mayBeTransparent || (frame[15] & NoBlending) != 0);

    private static int Three(ReadOnlySpan<byte> bytes, int at) => bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
}
