namespace HavenVlm.Core.Media.Probing;

/// <summary>
/// Finds the true end of a video. Seeking shows whether there is anything at a time: a file that was cut off claims its full length, and
/// sound may outlast the pictures by far.
/// </summary>
internal sealed class VideoEndFinder(PacketScanner scanner)
{
    private static readonly TimeSpan Tail = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(1);
    private const int MaxSteps = 40;

    /// <summary>When the last picture ends.</summary>
    /// <param name="source">The stream.</param>
    /// <param name="known">So far there are pictures.</param>
    /// <param name="claimedEnd">Where the container says that the video ends; null = it does not say.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<TimeSpan> FindAsync(PacketSource source, TimeSpan known, TimeSpan? claimedEnd, CancellationToken cancellationToken)
    {
        if (claimedEnd is not { } claimed)
        {
            return await ReadToEndAsync(source, from: null, cancellationToken) ?? known;
        }

        var tail = claimed - Tail;
        if (tail <= known)
        {
            return await ReadToEndAsync(source, known, cancellationToken) ?? known;
        }

        return await ReadToEndAsync(source, tail, cancellationToken) ?? await SearchAsync(source, known, tail, cancellationToken);
    }

    /// <summary>The end of a file that was cut off, by halving.</summary>
    private async Task<TimeSpan> SearchAsync(PacketSource source, TimeSpan good, TimeSpan bad, CancellationToken cancellationToken)
    {
        for (var step = 0; step < MaxSteps && bad - good > Precision; step++)
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
