namespace HavenVlm.Core.Media.Probing;

/// <summary>Looks at the packets at the beginning, in the middle and at the end of a video. Nothing is decoded.</summary>
internal sealed class PacketSurveyor(PacketScanner scanner, VideoEndFinder ends)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private const long WindowBytes = 48 << 20;

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
        return PacketSurvey.Of(start, end, head, middle);
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
