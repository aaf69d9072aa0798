using System.Buffers.Binary;
using System.Text;

namespace HavenVlm.Core.Tests.Media.Probing;

/// <summary>Gives an MP4 file, whose index is at its end, another edit list.</summary>
internal static class EditedFilm
{
    /// <summary>Rewrites the file.</summary>
    /// <param name="path">The film.</param>
    /// <param name="edits">Length of each edit and the time in the media at which it begins, both in seconds; -1 = nothing is shown.</param>
    public static async Task WriteAsync(string path, params IReadOnlyList<(double Length, double From)> edits)
    {
        var bytes = await File.ReadAllBytesAsync(path);
        var film = Find(bytes, (0, bytes.Length), "moov");
        var track = Find(bytes, Inside(film), "trak");
        var filmScale = Number(bytes, Find(bytes, Inside(film), "mvhd").Start + 20);
        var trackScale = Number(bytes, Find(bytes, Inside(Find(bytes, Inside(track), "mdia")), "mdhd").Start + 20);
        var old = Find(bytes, Inside(track), "edts");
        var list = Box("edts", Box("elst", [.. Bytes(0), .. Bytes(edits.Count), .. edits.SelectMany(Entry)]));
        Grow(film, list.Length - (old.End - old.Start));
        Grow(track, list.Length - (old.End - old.Start));
        await File.WriteAllBytesAsync(path, [.. bytes[..old.Start], .. list, .. bytes[old.End..]]);

        byte[] Entry((double Length, double From) edit) =>
            [
                .. Bytes((int)Math.Round(edit.Length * filmScale)),
                .. Bytes(edit.From < 0 ? -1 : (int)Math.Round(edit.From * trackScale)),
                .. Bytes(0x10000),
            ];

        void Grow((int Start, int End) box, int by) =>
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(box.Start), box.End - box.Start + by);
    }

    /// <summary>Adds a box to what describes the pictures of the first track.</summary>
    /// <param name="path">The film.</param>
    /// <param name="kind">Kind of the box.</param>
    /// <param name="content">What is in it.</param>
    public static async Task AddToDescriptionAsync(string path, string kind, byte[] content)
    {
        var bytes = await File.ReadAllBytesAsync(path);
        var box = Box(kind, content);
        var within = (Start: 0, End: bytes.Length);
        foreach (var parent in new[] { "moov", "trak", "mdia", "minf", "stbl", "stsd" })
        {
            var found = Find(bytes, within, parent);
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(found.Start), found.End - found.Start + box.Length);
            within = Inside(found);
        }

        // After version, flags and the number of entries.
        var entry = within.Start + 8;
        var end = entry + Number(bytes, entry);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(entry), end - entry + box.Length);
        await File.WriteAllBytesAsync(path, [.. bytes[..end], .. box, .. bytes[end..]]);
    }

    private static (int Start, int End) Inside((int Start, int End) box) => (box.Start + 8, box.End);

    private static (int Start, int End) Find(byte[] bytes, (int Start, int End) within, string kind)
    {
        for (var at = within.Start; at + 8 <= within.End; at += Number(bytes, at))
        {
            if (Encoding.ASCII.GetString(bytes, at + 4, 4) == kind)
            {
                return (at, at + Number(bytes, at));
            }
        }

        throw new InvalidDataException($"There is no {kind}.");
    }

    private static int Number(byte[] bytes, int at) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));

    private static byte[] Box(string kind, byte[] content) => [.. Bytes(content.Length + 8), .. Encoding.ASCII.GetBytes(kind), .. content];

    private static byte[] Bytes(int number)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }
}
