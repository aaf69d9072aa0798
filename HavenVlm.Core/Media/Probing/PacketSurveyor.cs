namespace HavenVlm.Core.Media.Probing;

/// <summary>Looks at the packets at the beginning, in the middle and at the end of a video. Nothing is decoded.</summary>
internal sealed class PacketSurveyor(PacketScanner scanner, VideoEndFinder ends)
{
    /// <summary>How much of a file is its beginning, as ffprobe reads it.</summary>
    public const string BeginningInterval = "%+30";

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(2);

    /// <summary>Bytes after which a window ends, however short it is.</summary>
    public const long WindowBytes = 48 << 20;

    /// <summary>The survey, or null when there is not one packet of video.</summary>
    /// <param name="source">The stream.</param>
    /// <param name="claimedEnd">Where the container says that the video ends; null = it does not say.</param>
    /// <param name="beginning">The beginning where it is known; null = it is read.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<PacketSurvey?> SurveyAsync(
        PacketSource source,
        TimeSpan? claimedEnd,
        PacketWindow? beginning,
        CancellationToken cancellationToken
    )
    {
        var head = beginning ?? await LookAsync(source, from: null, cancellationToken);
        if (head.Start is not { } start)
        {
            return null;
        }

        var (end, middle) = head.ReachedEnd ? (head.End, null) : await LookOnAsync(source, head, claimedEnd, cancellationToken);
        return PacketSurvey.Of(start, end, head, middle);
    }

    /// <summary>The beginning from packets that were listed with other facts, <see cref="BeginningInterval"/> of the file.</summary>
    /// <returns>Null = there is too little in it to tell.</returns>
    public static PacketWindow? Beginning(PacketSource source, IReadOnlyList<ProbePacket> packets, int stream, TimeSpan? claimedEnd)
    {
        var window = new PacketWindow();
        var isCounted = MediaContainer.IsRawPictures(source.Container) && source.FrameRate > 0;
        var step = isCounted ? TimeSpan.FromSeconds(1 / source.FrameRate) : TimeSpan.Zero;
        var count = 0;
        foreach (var listed in packets.Where(packet => packet.Stream == stream))
        {
            if (listed.ToPacket(isCounted ? step * count++ : null, step) is { } packet)
            {
                window.Add(packet);
            }
        }

        // Nothing of any stream near the end of the interval, nor claimed beyond: the file ends in it.
        var times = packets
            .Select(packet => PacketScanner.ParseTime(packet.Shown) ?? PacketScanner.ParseTime(packet.Decoded))
            .OfType<TimeSpan>()
            .ToList();
        window.ReachedEnd =
            isCounted
            || (
                times.Count > 0
                && times.Max() - times.Min() < Window - Precision
                && claimedEnd is { } claimed
                && claimed <= window.End + Precision
            );
        return window.Start is null ? null : window;
    }

    /// <summary>Reads the beginning.</summary>
    public async Task<PacketWindow?> LookAtBeginningAsync(PacketSource source, CancellationToken cancellationToken) =>
        await LookAsync(source, from: null, cancellationToken);

    // The end and the middle at the same time: somebody waits for the first picture.
    private async Task<(TimeSpan End, PacketWindow? Middle)> LookOnAsync(
        PacketSource source,
        PacketWindow head,
        TimeSpan? claimedEnd,
        CancellationToken cancellationToken
    )
    {
        var half = claimedEnd / 2;
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var end = ends.FindAsync(source, head.End, claimedEnd, failing.Token);
        var middle = half > head.End ? LookAsync(source, half, failing.Token) : null;
        try
        {
            await (middle is null ? end : Task.WhenAny(end, middle).Unwrap());
            return (await end, middle is null ? null : await middle);
        }
        catch
        {
            await failing.CancelAsync();
            await Task.WhenAll(end, middle ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private async Task<PacketWindow> LookAsync(PacketSource source, TimeSpan? from, CancellationToken cancellationToken)
    {
        var window = new PacketWindow();
        await foreach (var packet in scanner.ScanAsync(source, from, length: null, cancellationToken))
        {
            window.Add(packet);
            if (window.Span >= Window || window.Bytes >= WindowBytes)
            {
                return window;
            }
        }

        window.ReachedEnd = true;
        return window;
    }
}
