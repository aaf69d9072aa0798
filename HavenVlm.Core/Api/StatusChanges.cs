using HavenVlm.Core.Vlm.Pool;

namespace HavenVlm.Core.Api;

/// <summary>
/// Wakes whoever watches the status. Endpoints say by themselves that they changed, instances through the host where it can; what nobody
/// says is found by looking again.
/// </summary>
public sealed class StatusChanges : IDisposable
{
    private readonly EndpointPool _pool;
    private TaskCompletionSource _next = New();

    internal StatusChanges(EndpointPool pool)
    {
        _pool = pool;
        pool.Changed += Signal;
    }

    /// <summary>Done with the next change; take it before reading what may change.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Something changed.</summary>
    public void Signal() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    /// <inheritdoc/>
    public void Dispose() => _pool.Changed -= Signal;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
