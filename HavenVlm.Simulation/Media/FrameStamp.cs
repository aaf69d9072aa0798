namespace HavenVlm.Simulation.Media;

/// <summary>
/// Which frame of which video a picture shows, burned into it as two rows of sixteen black or white blocks between two end pieces:
/// 20 bits of hundredths of a second, 8 bits of the video's number, 4 bits to check the others by.
/// </summary>
/// <param name="Video">Number of the video, 0 to 255.</param>
/// <param name="Time">Time of the frame, in hundredths of a second, under 2.9 hours.</param>
public readonly record struct FrameStamp(int Video, TimeSpan Time)
{
    /// <summary>Rows of blocks.</summary>
    internal const int Rows = 2;

    /// <summary>Blocks in a row, without the end pieces.</summary>
    internal const int Columns = 16;

    private const int TimeBits = 20,
        VideoBits = 8,
        CheckBits = 4;

    /// <summary>The blocks, row by row; true = white.</summary>
    internal bool[] ToBlocks()
    {
        var centiseconds = (uint)Math.Round(Time.TotalMilliseconds / 10) & ((1u << TimeBits) - 1);
        var payload = (centiseconds << VideoBits) | ((uint)Video & 0xFF);
        var bits = (payload << CheckBits) | CheckOf(payload);
        var blocks = new bool[Rows * Columns];
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = ((bits >> (blocks.Length - 1 - i)) & 1) == 1;
        }

        return blocks;
    }

    /// <summary>Reads blocks; null when they do not fit together.</summary>
    internal static FrameStamp? FromBlocks(ReadOnlySpan<bool> blocks)
    {
        uint bits = 0;
        foreach (var block in blocks)
        {
            bits = (bits << 1) | (block ? 1u : 0u);
        }

        var payload = bits >> CheckBits;
        return CheckOf(payload) == (bits & ((1u << CheckBits) - 1))
            ? new FrameStamp((int)(payload & 0xFF), TimeSpan.FromMilliseconds((payload >> VideoBits) * 10d))
            : null;
    }

    // Not zero for an all-black or all-white strip, so that a picture without a stamp is not read as time zero.
    private static uint CheckOf(uint payload)
    {
        uint sum = 5;
        for (; payload != 0; payload >>= CheckBits)
        {
            sum = ((sum * 3) + payload) & ((1u << CheckBits) - 1);
        }

        return sum;
    }
}
