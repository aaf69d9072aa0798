namespace HavenVlm.Core.Media.Nut;

/// <summary>What one NUT frame header says.</summary>
internal readonly record struct NutFrame(int Stream, long Pts, long DataSize, byte[] ElidedHeader);

/// <summary>The tables at the head of a NUT stream and the state that frame headers are coded against.</summary>
internal sealed class NutHeaders
{
    private const int FlagCodedPts = 8;
    private const int FlagStreamId = 16;
    private const int FlagSizeMsb = 32;
    private const int FlagChecksum = 64;
    private const int FlagReserved = 128;
    private const int FlagSideData = 256;
    private const int FlagHeaderIndex = 1024;
    private const int FlagMatchTime = 2048;
    private const int FlagCoded = 4096;
    private const int FlagInvalid = 8192;
    private const int MaxStreams = 16;
    private readonly FrameCode[] _codes = new FrameCode[256];
    private readonly List<byte[]> _elided = [];
    private (long Numerator, long Denominator)[] _timeBases = [];
    private StreamState[] _streams = [];

    public void ReadMain(ref NutCursor cursor)
    {
        var version = cursor.Number();
        if (version > 3)
        {
            cursor.Number();
        }

        var streams = cursor.Number();
        cursor.Number();
        var timeBases = cursor.Number();
        if (streams > MaxStreams || timeBases is 0 or > MaxStreams)
        {
            throw new InvalidDataException("More streams than were asked for.");
        }

        _timeBases = new (long, long)[timeBases];
        for (var i = 0; i < _timeBases.Length; i++)
        {
            _timeBases[i] = (checked((long)cursor.Number()), checked((long)cursor.Number()));
            if (_timeBases[i].Numerator <= 0 || _timeBases[i].Denominator <= 0)
            {
                throw new InvalidDataException("Time is counted in nothing.");
            }
        }

        _streams = new StreamState[streams];
        ReadFrameCodes(ref cursor);
        ReadElidedHeaders(ref cursor);
    }

    public void ReadStream(ref NutCursor cursor)
    {
        var index = StreamIndex(cursor.Number());
        cursor.Number();
        cursor.Bytes();
        var timeBase = cursor.Number();
        if (timeBase >= (ulong)_timeBases.Length)
        {
            throw new InvalidDataException("A stream counts in a unit that was not announced.");
        }

        _streams[index] = new StreamState((int)timeBase, (int)cursor.Number(), LastPts: 0);
    }

    public void ReadSyncpoint(ref NutCursor cursor)
    {
        var coded = checked((long)cursor.Number());
        var (unit, value) = (coded % _timeBases.Length, coded / _timeBases.Length);
        for (var i = 0; i < _streams.Length; i++)
        {
            _streams[i] = _streams[i] with { LastPts = Rescale(value, _timeBases[unit], _timeBases[_streams[i].TimeBase]) };
        }
    }

    public bool TryReadFrameHeader(ref NutCursor cursor, out NutFrame frame)
    {
        frame = default;
        if (!cursor.TryReadByte(out var codeIndex))
        {
            return false;
        }

        var code = _codes[codeIndex];
        var flags = code.Flags;
        if ((flags & FlagInvalid) != 0)
        {
            throw new InvalidDataException("A frame has a code that was not announced.");
        }

        if ((flags & FlagCoded) != 0)
        {
            if (!cursor.TryReadNumber(out var coded))
            {
                return false;
            }

            flags ^= (int)coded;
        }

        var (stream, pts, size, header) = ((ulong)code.Stream, 0UL, 0UL, (ulong)code.Header);
        var reserved = (ulong)code.Reserved;
        var complete =
            (!Has(flags, FlagStreamId) || cursor.TryReadNumber(out stream))
            && (!Has(flags, FlagCodedPts) || cursor.TryReadNumber(out pts))
            && (!Has(flags, FlagSizeMsb) || cursor.TryReadNumber(out size))
            && (!Has(flags, FlagMatchTime) || cursor.TryReadSigned(out _))
            && (!Has(flags, FlagHeaderIndex) || cursor.TryReadNumber(out header))
            && (!Has(flags, FlagReserved) || cursor.TryReadNumber(out reserved));
        for (; complete && reserved > 0; reserved--)
        {
            complete = cursor.TryReadNumber(out _);
        }

        if (!complete || (Has(flags, FlagChecksum) && !cursor.TrySkip(sizeof(uint))))
        {
            return false;
        }

        if (Has(flags, FlagSideData) || header >= (ulong)_elided.Count)
        {
            throw new InvalidDataException("A frame has parts that were not asked for.");
        }

        var index = StreamIndex(stream);
        var elided = _elided[(int)header];
        var dataSize = checked(code.SizeLow + (long)size * code.SizeMultiplier) - elided.Length;
        frame = new NutFrame(
            index,
            Has(flags, FlagCodedPts) ? FullPts(index, pts) : _streams[index].LastPts + code.PtsDelta,
            dataSize,
            elided
        );
        return dataSize >= 0 ? true : throw new InvalidDataException("A frame has a negative size.");
    }

    /// <summary>Takes a frame as read: the next ones are coded relative to it.</summary>
    public TimeSpan Accept(NutFrame frame)
    {
        var state = _streams[frame.Stream];
        _streams[frame.Stream] = state with { LastPts = frame.Pts };
        return TimeSpan.FromTicks(Rescale(frame.Pts, _timeBases[state.TimeBase], (1, TimeSpan.TicksPerSecond)));
    }

    private void ReadFrameCodes(ref NutCursor cursor)
    {
        var code = new FrameCode { SizeMultiplier = 1 };
        for (var i = 0; i < 256; )
        {
            var flags = (int)cursor.Number();
            var fields = cursor.Number();
            var delta = fields > 0 ? cursor.Signed() : code.PtsDelta;
            var multiplier = fields > 1 ? (long)cursor.Number() : code.SizeMultiplier;
            var stream = fields > 2 ? (int)cursor.Number() : code.Stream;
            var size = fields > 3 ? (long)cursor.Number() : 0;
            var reserved = fields > 4 ? (int)cursor.Number() : 0;
            var count = fields > 5 ? (long)cursor.Number() : multiplier - size;
            if (fields > 6)
            {
                cursor.Signed();
            }

            var header = fields > 7 ? (int)cursor.Number() : code.Header;
            for (var extra = 8UL; extra < fields; extra++)
            {
                cursor.Number();
            }

            code = new FrameCode
            {
                Flags = flags,
                PtsDelta = delta,
                SizeMultiplier = multiplier,
                Stream = stream,
                Reserved = reserved,
                Header = header,
            };
            for (var j = 0; j < count && i < 256; i++)
            {
                // 'N' begins the startcodes and is no frame.
                _codes[i] = i == 'N' ? new FrameCode { Flags = FlagInvalid } : code with { SizeLow = size + j++ };
            }
        }
    }

    private void ReadElidedHeaders(ref NutCursor cursor)
    {
        _elided.Clear();
        _elided.Add([]);
        for (var count = cursor.Number(); count > 0; count--)
        {
            _elided.Add(cursor.Bytes());
        }
    }

    private long FullPts(int stream, ulong coded)
    {
        var state = _streams[stream];
        var range = 1L << state.MsbShift;
        var value = checked((long)coded);
        if (value >= range)
        {
            return value - range;
        }

        var middle = state.LastPts - ((range - 1) / 2);
        return ((value - middle) & (range - 1)) + middle;
    }

    private int StreamIndex(ulong index) =>
        index < (ulong)_streams.Length ? (int)index : throw new InvalidDataException("A packet of a stream that was not announced.");

    private static bool Has(int flags, int flag) => (flags & flag) != 0;

    private static long Rescale(long value, (long Numerator, long Denominator) from, (long Numerator, long Denominator) to) =>
        (long)((Int128)value * from.Numerator * to.Denominator / ((Int128)from.Denominator * to.Numerator));

    private readonly record struct FrameCode
    {
        public int Flags { get; init; }
        public long PtsDelta { get; init; }
        public long SizeMultiplier { get; init; }
        public int Stream { get; init; }
        public long SizeLow { get; init; }
        public int Reserved { get; init; }
        public int Header { get; init; }
    }

    private readonly record struct StreamState(int TimeBase, int MsbShift, long LastPts);
}
