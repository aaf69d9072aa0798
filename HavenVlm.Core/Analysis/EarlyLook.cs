using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Analysis;

/// <summary>
/// Looks at pictures of a long video while its end is still sought, because somebody waits for the first answer. What was seen counts only
/// where the video turns out to be what it was taken for.
/// </summary>
/// <param name="look">Looks at a video of these facts.</param>
/// <param name="cancellationToken">Stops.</param>
internal sealed class EarlyLook(Func<VideoFacts, CancellationToken, Task<PictureSettings>> look, CancellationToken cancellationToken)
    : IAsyncDisposable
{
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _mistaken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private (VideoFacts Facts, Task<PictureSettings> Found)? _begun;

    /// <summary>Begins.</summary>
    public void Begin(VideoFacts facts) => _begun = (facts, look(facts, _mistaken.Token));

    /// <summary>What was seen; null = nothing that counts.</summary>
    public async Task<PictureSettings?> FoundForAsync(VideoFacts facts) =>
        _begun is { } begun && IsSame(begun.Facts, facts) ? await begun.Found : null;

    /// <summary>Ends a look that nobody waits for.</summary>
    public async ValueTask DisposeAsync()
    {
        await _mistaken.CancelAsync();
        if (_begun is { } begun)
        {
            await ((Task)begun.Found).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _mistaken.Dispose();
    }

    private static bool IsSame(VideoFacts early, VideoFacts facts) =>
        (early.Duration - facts.Duration).Duration() <= Precision
        && (early.Width, early.Height, early.Rotation, early.IsMirrored) == (facts.Width, facts.Height, facts.Rotation, facts.IsMirrored)
        && (early.Container, early.Stream, early.Codec, early.Color) == (facts.Container, facts.Stream, facts.Codec, facts.Color)
        && (early.ContainerStart, early.StartOffset) == (facts.ContainerStart, facts.StartOffset)
        && facts.Parts.Count == 0;
}
