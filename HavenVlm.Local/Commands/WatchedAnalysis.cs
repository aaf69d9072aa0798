using HavenVlm.Core.Analysis;
using HavenVlm.Core.Common;
using HavenVlm.Local.Commands.Progress;

namespace HavenVlm.Local.Commands;

/// <summary>Runs the analysis of a file while somebody looks whether it can go on.</summary>
internal static class WatchedAnalysis
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(300);

    /// <param name="analyze">The analysis.</param>
    /// <param name="view">Shows its progress.</param>
    /// <param name="observe">Called again and again with the latest progress; ends the analysis by throwing.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<FinishedAnalysis> RunAsync(
        Func<IProgress<ProgressStatus>, CancellationToken, Task<FinishedAnalysis>> analyze,
        ProgressView view,
        Action<ProgressStatus?> observe,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var progress = new LatestProgress(view);
        var running = analyze(progress, stop.Token);
        try
        {
            while (await Task.WhenAny(running, Task.Delay(PollInterval, time, stop.Token)) != running)
            {
                cancellationToken.ThrowIfCancellationRequested();
                observe(progress.Latest);
            }
        }
        catch (Exception)
        {
            await stop.CancelAsync();
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return await running;
    }

    /// <summary>Shows at once, unlike <see cref="Progress{T}"/>, which may show a state after a later one.</summary>
    private sealed class LatestProgress(ProgressView view) : IProgress<ProgressStatus>
    {
        private volatile ProgressStatus? _latest;

        public ProgressStatus? Latest => _latest;

        public void Report(ProgressStatus value)
        {
            _latest = value;
            view.Show(value);
        }
    }
}
