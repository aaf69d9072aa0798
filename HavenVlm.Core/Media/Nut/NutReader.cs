using System.Buffers;
using System.IO.Pipelines;

namespace HavenVlm.Core.Media.Nut;

/// <summary>One packet of a NUT stream.</summary>
/// <param name="Stream">Index of its stream.</param>
/// <param name="Time">Its presentation time.</param>
/// <param name="Data">Its bytes.</param>
internal sealed record NutPacket(int Stream, TimeSpan Time, byte[] Data);

/// <summary>
/// Reads ffmpeg's NUT container from a pipe: pictures, signatures and their true times come through the one pipe that every platform has.
/// After the specification of NUT (https://ffmpeg.org/~michael/nut.txt), version 3; only what a muxer without side data writes.
/// </summary>
internal sealed class NutReader : IAsyncDisposable
{
    private const ulong MainStartcode = 0x4E4D_7A56_1F5F_04AD;
    private const ulong StreamStartcode = 0x4E53_1140_5BF2_F9DB;
    private const ulong SyncpointStartcode = 0x4E4B_E4AD_EECA_4569;
    private const int MaxPacket = 64 << 20;
    private const int MagicLength = 25;
    private readonly PipeReader _pipe;
    private readonly NutHeaders _headers = new();
    private bool _begun;

    public NutReader(Stream stream)
    {
        _pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
    }

    /// <summary>The next packet, or null at the end. A packet cut short by the end of the stream counts as the end.</summary>
    /// <exception cref="InvalidDataException">This is not NUT as ffmpeg writes it.</exception>
    public async ValueTask<NutPacket?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _pipe.ReadAsync(cancellationToken);
            var outcome = TryParse(result.Buffer, out var consumed, out var packet);
            _pipe.AdvanceTo(consumed, outcome == NutOutcome.NeedsMore ? result.Buffer.End : consumed);
            if (packet is not null)
            {
                return packet;
            }

            if (outcome == NutOutcome.NeedsMore && result.IsCompleted)
            {
                return null;
            }
        }
    }

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();

    private NutOutcome TryParse(ReadOnlySequence<byte> buffer, out SequencePosition consumed, out NutPacket? packet)
    {
        packet = null;
        consumed = buffer.Start;
        var cursor = new NutCursor(buffer);
        if (!_begun)
        {
            if (!cursor.TrySkip(MagicLength))
            {
                return NutOutcome.NeedsMore;
            }

            _begun = true;
            consumed = cursor.Position;
            return NutOutcome.Done;
        }

        if (!cursor.TryPeek(out var first))
        {
            return NutOutcome.NeedsMore;
        }

        var complete = first == (byte)'N' ? TryReadHeader(ref cursor) : TryReadFrame(ref cursor, out packet);
        if (!complete)
        {
            return buffer.Length > MaxPacket
                ? throw new InvalidDataException("A packet is larger than any picture asked for.")
                : NutOutcome.NeedsMore;
        }

        consumed = cursor.Position;
        return NutOutcome.Done;
    }

    private bool TryReadHeader(ref NutCursor cursor)
    {
        if (!cursor.TryReadStartcode(out var startcode) || !cursor.TryReadNumber(out var length))
        {
            return false;
        }

        if (length > 4096 && !cursor.TrySkip(sizeof(uint)))
        {
            return false;
        }

        if (!cursor.TryTake(checked((long)length), out var body))
        {
            return false;
        }

        var content = new NutCursor(body);
        switch (startcode)
        {
            case MainStartcode:
                _headers.ReadMain(ref content);
                break;
            case StreamStartcode:
                _headers.ReadStream(ref content);
                break;
            case SyncpointStartcode:
                _headers.ReadSyncpoint(ref content);
                break;
            default:
                // Info packets and the index say nothing about pictures.
                break;
        }

        return true;
    }

    private bool TryReadFrame(ref NutCursor cursor, out NutPacket? packet)
    {
        packet = null;
        if (!_headers.TryReadFrameHeader(ref cursor, out var frame))
        {
            return false;
        }

        if (frame.DataSize > MaxPacket)
        {
            throw new InvalidDataException("A packet is larger than any picture asked for.");
        }

        if (!cursor.TryTake(frame.DataSize, out var data))
        {
            return false;
        }

        packet = new NutPacket(
            frame.Stream,
            _headers.Accept(frame),
            frame.ElidedHeader.Length == 0 ? data.ToArray() : [.. frame.ElidedHeader, .. data.ToArray()]
        );
        return true;
    }

    private enum NutOutcome
    {
        Done,
        NeedsMore,
    }
}
