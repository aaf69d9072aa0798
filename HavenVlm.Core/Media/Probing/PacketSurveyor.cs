namespace HavenVlm.Core.Media.Probing;

/// <summary>What the packets of a video tell.</summary>
/// <param name="Start">Container time of the first picture.</param>
/// <param name="End">Container time at which the last picture ends.</param>
/// <param name="FrameRate">Average frames per second; 0 = too few to say.</param>
/// <param name="KeyframeInterval">Usual time between keyframes; at least this where fewer than two were seen; zero = unknown.</param>
/// <param name="LongestKeyframeInterval">Longest time seen between keyframes.</param>
/// <param name="IsReordered">Whether pictures are stored in another order than shown: there are B-frames.</param>
/// <param name="BitRate">Bits per second; 0 = unknown.</param>
/// <param name="IsEncrypted">Whether pictures need a key.</param>
/// <param name="IsStartTimed">Whether the first picture carries its presentation time.</param>
/// <param name="IsTimed">Whether every packet carries its presentation time.</param>
internal sealed record PacketSurvey(
    TimeSpan Start,
    TimeSpan End,
    double FrameRate,
    TimeSpan KeyframeInterval,
    TimeSpan LongestKeyframeInterval,
    bool IsReordered,
    long BitRate,
    bool IsEncrypted,
    bool IsStartTimed,
    bool IsTimed
);

/// <summary>Looks at the packets at the beginning, in the middle and at the end of a video. Nothing is decoded.</summary>
internal sealed class PacketSurveyor(PacketScanner scanner)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tail = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndPrecision = TimeSpan.FromSeconds(1);
    private const long WindowBytes = 48 << 20;
    private const int MaxSearchSteps = 40;

    /// <summary>The survey, or null when there is not one packet of video.</summary>
    /// <param name="source">The stream.</param>
    /// <param name="claimedEnd">Where the container says that the video ends; null = it does not say.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<PacketSurvey?> SurveyAsync(PacketSource source, TimeSpan? claimedEnd, CancellationToken cancellationToken)
    {
        var head = await LookAsync(source, from: null, cancellationToken);
        if (head.Start is not { } start)
        {
            return null;
        }

        var (end, middle) = head.ReachedEnd ? (head.End, null) : await LookOnAsync(source, head, claimedEnd, cancellationToken);
        List<PacketWindow> windows = middle is { Start: not null } ? [head, middle] : [head];
        var gaps = windows.SelectMany(window => window.KeyframeGaps).Order().ToList();
        // One keyframe in a whole window: the next is at least that far away.
        var atLeast = windows.Max(window => window.Span);
        return new PacketSurvey(
            start,
            end,
            head.FrameRate,
            gaps.Count > 0 ? gaps[gaps.Count / 2] : atLeast,
            gaps.Count > 0 ? gaps[^1] : atLeast,
            windows.Exists(window => window.IsReordered),
            (long)windows.Average(window => window.BitRate),
            windows.Exists(window => window.IsEncrypted),
            head.IsStartTimed,
            windows.TrueForAll(window => window.IsTimed)
        );
    }

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
        var end = FindEndAsync(source, head.End, claimedEnd, failing.Token);
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

    /// <summary>
    /// The true end. Seeking shows whether there is anything at a time: a file that was cut off claims its full length, and sound may outlast
    /// the pictures by far.
    /// </summary>
    private async Task<TimeSpan> FindEndAsync(
        PacketSource source,
        TimeSpan known,
        TimeSpan? claimedEnd,
        CancellationToken cancellationToken
    )
    {
        var good = known;
        var bad = claimedEnd ?? TimeSpan.MaxValue;
        if (claimedEnd is { } claimed)
        {
            var at = claimed - Tail;
            if (at <= good)
            {
                return await ReadToEndAsync(source, good, cancellationToken) ?? good;
            }

            if (await ReadToEndAsync(source, at, cancellationToken) is { } end)
            {
                return end;
            }

            bad = at;
        }
        else
        {
            return await ReadToEndAsync(source, from: null, cancellationToken) ?? good;
        }

        for (var step = 0; step < MaxSearchSteps && bad - good > EndPrecision; step++)
        {
            var middle = good + ((bad - good) / 2);
            var (reached, last) = await ReachesAsync(source, middle, cancellationToken);
            if (reached)
            {
                good = middle;
            }
            else if (last is { } end)
            {
                return end;
            }
            else
            {
                bad = middle;
            }
        }

        return await ReadToEndAsync(source, good, cancellationToken) ?? good;
    }

    private async Task<TimeSpan?> ReadToEndAsync(PacketSource source, TimeSpan? from, CancellationToken cancellationToken)
    {
        TimeSpan? end = null;
        await foreach (var packet in scanner.ScanAsync(source, from, length: null, cancellationToken))
        {
            end = packet.IsShown ? Later(end, packet) : end;
        }

        return end;
    }

    private async Task<(bool Reached, TimeSpan? End)> ReachesAsync(PacketSource source, TimeSpan time, CancellationToken cancellationToken)
    {
        TimeSpan? end = null;
        await foreach (var packet in scanner.ScanAsync(source, time, length: null, cancellationToken))
        {
            if (packet.IsShown && packet.Time >= time)
            {
                return (true, null);
            }

            end = packet.IsShown ? Later(end, packet) : end;
        }

        return (false, end);
    }

    private static TimeSpan Later(TimeSpan? end, MediaPacket packet)
    {
        var packetEnd = packet.Time + packet.Duration;
        return end is { } known && known > packetEnd ? known : packetEnd;
    }
}
