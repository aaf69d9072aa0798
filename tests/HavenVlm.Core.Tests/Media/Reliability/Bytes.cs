using System.Buffers.Binary;
using System.Text;

namespace HavenVlm.Core.Tests.Media.Reliability;

/// <summary>Breaks files byte by byte, always the same way.</summary>
internal static class Bytes
{
    /// <summary>The first part.</summary>
    public static byte[] Cut(byte[] whole, int percent) => whole[..(int)((long)whole.Length * percent / 100)];

    /// <summary>One byte in two hundred is another; the first ones, which say what it is, stay.</summary>
    public static byte[] Flip(byte[] whole, int seed)
    {
        const int Kept = 12;
        var random = new Random(seed);
        var broken = whole.ToArray();
        for (var i = 0; i < broken.Length / 200; i++)
        {
            broken[random.Next(Kept, broken.Length)] ^= (byte)random.Next(1, 256);
        }

        return broken;
    }

    /// <summary>Everything from a place on is lost; the length stays.</summary>
    public static byte[] Lose(byte[] whole, int fromPercent)
    {
        var broken = whole.ToArray();
        broken.AsSpan((int)((long)whole.Length * fromPercent / 100)).Fill(0x55);
        return broken;
    }

    /// <summary>Other bytes at every place where a mark stands, some way behind its beginning.</summary>
    public static byte[] Patch(byte[] whole, ReadOnlySpan<byte> mark, int behind, ReadOnlySpan<byte> with)
    {
        var patched = whole.ToArray();
        var found = false;
        for (var at = 0; at + behind + with.Length <= patched.Length; at++)
        {
            if (patched.AsSpan(at).StartsWith(mark))
            {
                with.CopyTo(patched.AsSpan(at + behind));
                found = true;
            }
        }

        Assert.True(found, $"There is no {Encoding.Latin1.GetString(mark)} to break.");
        return patched;
    }

    /// <summary>A number as four bytes, the highest first.</summary>
    public static byte[] Big(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>A QuickTime atom.</summary>
    public static byte[] Atom(string name, params byte[][] content)
    {
        var body = content.SelectMany(part => part).ToArray();
        return [.. Big((uint)body.Length + 8), .. Encoding.Latin1.GetBytes(name), .. body];
    }

    /// <summary>
    /// A film that says that its pictures lie in another file: the data reference is an alias with an absolute path (QuickTime File Format,
    /// "Data reference atoms"; Inside Macintosh: Files, "Alias records"), or with one below the folder that many levels above the film's own.
    /// </summary>
    public static byte[] PointElsewhere(byte[] film, string path, byte levels = 0)
    {
        var name = Encoding.Latin1.GetBytes(path);
        byte[] text = (name.Length & 1) == 0 ? name : [.. name, 0];
        var alias = Atom(
            "alis",
            new byte[4 + 10],
            [3, .. "Vol"u8, .. new byte[24]],
            new byte[12],
            [6, .. "canary"u8, .. new byte[57]],
            new byte[16],
            [0, levels, 0, levels],
            new byte[16],
            [0, 2, (byte)(name.Length >> 8), (byte)name.Length, .. text, 0xFF, 0xFF, 0, 0]
        );
        return Rewrite(film, ["moov", "trak", "mdia", "minf", "dinf"], alias);
    }

    /// <summary>Atoms one in the other, deeper than anybody reads.</summary>
    public static byte[] Nest(int depth)
    {
        var bytes = new byte[depth * 8];
        for (var i = 0; i < depth; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(i * 8), (uint)(bytes.Length - (i * 8)));
            "moov"u8.CopyTo(bytes.AsSpan((i * 8) + 4));
        }

        return [.. Atom("ftyp", "isom"u8.ToArray(), new byte[4]), .. bytes];
    }

    private static byte[] Rewrite(ReadOnlySpan<byte> atoms, ReadOnlySpan<string> way, byte[] alias)
    {
        var all = new List<byte>();
        for (var at = 0; at + 8 <= atoms.Length; )
        {
            var size = (int)BinaryPrimitives.ReadUInt32BigEndian(atoms[at..]);
            var name = Encoding.Latin1.GetString(atoms.Slice(at + 4, 4));
            var atom = atoms.Slice(at, size);
            all.AddRange(
                way.Length > 0 && name == way[0] ? Atom(name, Rewrite(atom[8..], way[1..], alias))
                : way.Length == 0 && name is "dref" ? Atom(name, [0, 0, 0, 0, 0, 0, 0, 1], alias)
                : atom.ToArray()
            );
            at += size;
        }

        return [.. all];
    }
}
