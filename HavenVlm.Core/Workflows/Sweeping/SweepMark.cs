using HavenVlm.Core.Storage;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Sweeping;

/// <summary>
/// The mark that a sweep is due; left by timers, hooks and calls, taken by the sweep when it begins to look. It also says which sweep has
/// decided to end, so that a mark that comes after that starts the next one instead of being lost.
/// </summary>
internal sealed class SweepMark(IArtifactStore store, IOrchestrationClient client, TimeProvider time)
{
    private const string Name = "sweep/due.json";
    private static readonly TimeSpan EndingPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestEnding = TimeSpan.FromSeconds(20);

    /// <summary>Makes a sweep due and sees that one runs that will notice.</summary>
    public async Task SetAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await store.UpdateJsonAsync<Mark>(Name, mark => (mark ?? new Mark()) with { Since = now }, cancellationToken);
        var began = time.GetTimestamp();
        while (
            !await client.StartAsync(WorkflowNames.Sweep, WorkflowNames.SweepInstance, new SweepInput(), cancellationToken)
            && await store.ReadJsonAsync<Mark>(Name, cancellationToken) is { Since: not null, Ending: not null }
            // The mark stays: whoever looks next starts a sweep for it.
            && time.GetElapsedTime(began) < LongestEnding
        )
        {
            // The sweep that runs no longer looks; it ends in a moment.
            await Task.Delay(EndingPause, time, cancellationToken);
        }
    }

    /// <summary>Takes the mark: what is tagged from now on makes a new one.</summary>
    public Task TakeAsync(CancellationToken cancellationToken) => store.DeleteAsync(Name, cancellationToken);

    /// <summary>Whether a sweep is due.</summary>
    public async Task<bool> IsSetAsync(CancellationToken cancellationToken) =>
        await store.ReadJsonAsync<Mark>(Name, cancellationToken) is { Since: not null };

    /// <summary>Lets a sweep end unless it became due again; asked again it answers the same.</summary>
    /// <returns>Whether it may end.</returns>
    public async Task<bool> TryEndAsync(string run, CancellationToken cancellationToken)
    {
        var ends = false;
        await store.UpdateJsonAsync<Mark>(
            Name,
            mark =>
            {
                var hasDecided = string.Equals(mark?.Ending, run, StringComparison.Ordinal);
                ends = hasDecided || mark?.Since is null;
                return ends && !hasDecided ? new Mark(Ending: run) : null;
            },
            cancellationToken
        );
        return ends;
    }

    /// <param name="Since">When a sweep became due; null = it is not.</param>
    /// <param name="Ending">The run that has decided to end; null = none since the mark was taken.</param>
    private sealed record Mark(DateTimeOffset? Since = null, string? Ending = null);
}
