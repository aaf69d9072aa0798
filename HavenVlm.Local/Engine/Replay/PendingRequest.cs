using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Journal;

namespace HavenVlm.Local.Engine.Replay;

/// <summary>An activity or timer that the orchestrator asked for and that has not come back.</summary>
internal abstract class PendingRequest
{
    /// <summary>Due time of a timer; null for an activity.</summary>
    public virtual DateTimeOffset? Due => null;

    /// <summary>Hands an event to whoever awaits it. Call within a turn.</summary>
    public abstract void Complete(HistoryEvent completion);
}

/// <summary>An activity call.</summary>
/// <remarks>
/// The completion source must not ask for asynchronous continuations: Task.WhenAll and WhenAny would then go through the thread pool.
/// </remarks>
internal sealed class PendingActivity<TResult>(string name) : PendingRequest
{
    private readonly TaskCompletionSource<TResult> _source = new();

    /// <summary>What the orchestrator awaits.</summary>
    public Task<TResult> Task => _source.Task;

    public override void Complete(HistoryEvent completion)
    {
        if (completion.Kind == HistoryEventKind.ActivityFailed)
        {
            var failure = JsonSerializer.Deserialize<ActivityFailure>(completion.Data!, HavenJson.Options)!;
            _source.SetException(new ActivityFailedException(name, failure));
            // An orchestrator may look at the task's state only, for example after WhenAny.
            _ = _source.Task.Exception;
            return;
        }

        TResult result;
        try
        {
            result = completion.Data is null ? default! : JsonSerializer.Deserialize<TResult>(completion.Data, HavenJson.Options)!;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            var failure = new ActivityFailure(
                typeof(JsonException).FullName!,
                $"Its result cannot be read as {typeof(TResult).Name}: {e.Message}",
                IsPermanent: true
            );
            _source.SetException(new ActivityFailedException(name, failure));
            _ = _source.Task.Exception;
            return;
        }

        _source.SetResult(result);
    }
}

/// <summary>A timer.</summary>
internal sealed class PendingTimer(DateTimeOffset due) : PendingRequest
{
    private readonly TaskCompletionSource _source = new();
    private CancellationTokenRegistration _registration;

    /// <summary>What the orchestrator awaits.</summary>
    public Task Task => _source.Task;

    public override DateTimeOffset? Due => due;

    /// <summary>Calls back when the orchestrator gives the timer up.</summary>
    public void WatchCancellation(Action onCancelled, CancellationToken cancellationToken) =>
        _registration = cancellationToken.Register(onCancelled);

    public override void Complete(HistoryEvent completion)
    {
        _registration.Dispose();
        _source.SetResult();
    }

    /// <summary>Ends the timer as cancelled.</summary>
    public void Cancel(CancellationToken cancellationToken) => _source.TrySetCanceled(cancellationToken);
}
