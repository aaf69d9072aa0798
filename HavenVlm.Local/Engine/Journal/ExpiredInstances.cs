using HavenVlm.Local.Engine.Running;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>Forgets instances that ended long ago, a few at a time.</summary>
internal sealed class ExpiredInstances(
    JournalWriter journal,
    InstanceReader instances,
    EngineOptions options,
    TimeProvider time,
    Action<ControlEntry> onCommitted,
    ILogger logger
) : IAsyncDisposable
{
    private const int BatchSize = 200;

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Begins, with a first look at once.</summary>
    public void Start() => _loop = Task.Run(CleanUpAsync);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loop;
        _stopping.Dispose();
    }

    private async Task CleanUpAsync()
    {
        using var timer = new PeriodicTimer(options.CleanUpInterval, time);
        try
        {
            do
            {
                while (await PurgeBatchAsync()) { }
            } while (await timer.WaitForNextTickAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task<bool> PurgeBatchAsync()
    {
        try
        {
            var before = time.GetUtcNow() - options.KeepHistory();
            var written = new Dictionary<string, (string Name, IReadOnlyList<string> Artifacts)>(StringComparer.Ordinal);
            foreach (var (name, id) in instances.ListExpired(before, BatchSize))
            {
                written[id] = (name, options.Artifacts is { } artifacts ? await artifacts.ListAsync(name, id, _stopping.Token) : []);
            }

            if (written.Count == 0)
            {
                return false;
            }

            // The instances first: one whose artifacts are gone could not be started again.
            var entry = new PurgeExpiredEntry(written.Keys, before, onCommitted);
            journal.Post(entry);
            var isChanged = await entry.Done.WaitAsync(_stopping.Token);
            foreach (var id in options.Artifacts is null ? [] : entry.Purged)
            {
                await options.Artifacts!.DeleteAsync(written[id].Name, id, written[id].Artifacts, _stopping.Token);
            }

            return isChanged;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The next look finds them again.
            logger.LogWarning(e, "Old instances could not be forgotten");
            return false;
        }
    }
}
