namespace HavenVlm.Core.Media.Probing;

/// <summary>What a stretch of packets adds up to.</summary>
internal sealed class PacketWindow
{
    // Some streams refresh their picture bit by bit and mark no keyframe; a torn first packet does not either.
    private const int EnoughWithoutKeyframe = 10;
    private readonly List<TimeSpan> _keyframes = [];
    private TimeSpan _first = TimeSpan.MaxValue;
    private TimeSpan _latest = TimeSpan.MinValue;
    private TimeSpan _previous = TimeSpan.MinValue;
    private TimeSpan _lastDuration;
    private int _count;
    private bool _beginsHidden;
    private bool _isMixed;
    private bool _isStartSettled;

    /// <summary>Whether the video ended within it.</summary>
    public bool ReachedEnd { get; set; }

    /// <summary>Bytes of its packets.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether a picture is stored after one that is shown later.</summary>
    public bool IsReordered { get; private set; }

    /// <summary>
    /// The first picture that is shown and can be decoded: the first keyframe, or the first picture after a hidden keyframe, or where no
    /// keyframe is marked the first packet; null = no packets.
    /// </summary>
    public TimeSpan? Start =>
        _beginsHidden && _count > 0 ? _first
        : _keyframes.Count > 0 ? _keyframes[0]
        : _count >= EnoughWithoutKeyframe ? _first
        : null;

    /// <summary>When its last picture ends.</summary>
    public TimeSpan End => _count == 0 ? TimeSpan.Zero : _latest + (_lastDuration > TimeSpan.Zero ? _lastDuration : Step);

    /// <summary>Time from its first picture to its last.</summary>
    public TimeSpan Span => _count == 0 ? TimeSpan.Zero : _latest - _first;

    /// <summary>Average frames per second; 0 = too few to say.</summary>
    public double FrameRate => _count > 1 && Span > TimeSpan.Zero ? (_count - 1) / Span.TotalSeconds : 0;

    /// <summary>Bits per second.</summary>
    public double BitRate => Span > TimeSpan.Zero ? Bytes * 8 / Span.TotalSeconds : 0;

    /// <summary>Times between its keyframes that are shown.</summary>
    public IEnumerable<TimeSpan> KeyframeGaps =>
        _keyframes.Zip(_keyframes.Skip(1), (first, second) => second - first).Where(gap => gap > TimeSpan.Zero);

    private TimeSpan Step => _count > 1 ? Span / (_count - 1) : TimeSpan.Zero;

    /// <summary>Whether every packet carries its presentation time.</summary>
    public bool IsTimed { get; private set; } = true;

    /// <summary>Whether any packet needs a key.</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>Whether the first picture carries its presentation time.</summary>
    public bool IsStartTimed { get; private set; }

    public void Add(MediaPacket packet)
    {
        IsEncrypted |= packet.IsEncrypted;
        if (!packet.IsShown)
        {
            // Cut without re-encoding: an edit list hides everything from the keyframe to the cut.
            _beginsHidden |= _count == 0 && packet.IsKey;
            return;
        }

        _count++;
        IsTimed &= packet.IsTimed;
        Bytes += packet.Size;
        IsReordered |= packet.Time < _previous;
        _previous = packet.Time;
        _first = packet.Time < _first ? packet.Time : _first;
        if (packet.Time > _latest)
        {
            (_latest, _lastDuration) = (packet.Time, packet.Duration);
        }

        IsStartTimed |= _beginsHidden && packet.IsTimed;
        TimeFirstKeyframe(packet);
        if (packet.IsKey)
        {
            IsStartTimed |= _keyframes.Count == 0 && packet.IsTimed;
            _keyframes.Add(packet.Time);
        }
    }

    // Program streams give times to the pictures between references only. A reference is then shown when the next one is decoded.
    private void TimeFirstKeyframe(MediaPacket packet)
    {
        if (IsStartTimed || _keyframes.Count != 1 || _isStartSettled)
        {
            return;
        }

        if (packet.IsTimed)
        {
            _isMixed = true;
            return;
        }

        _isStartSettled = true;
        if (_isMixed)
        {
            (_keyframes[0], IsStartTimed) = (packet.Time, true);
        }
    }
}
