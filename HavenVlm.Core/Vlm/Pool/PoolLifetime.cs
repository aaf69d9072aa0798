namespace HavenVlm.Core.Vlm.Pool;

/// <summary>
/// Ends with the pool. Keeps an eye on requests whose answers nobody waits for any more: they still hold their slots, and an answer
/// shows that the endpoint is back.
/// </summary>
internal sealed class PoolLifetime : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _outlived = [];
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Cancelled when the pool is put down.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Takes over a request that outlives its caller.</summary>
    public void Outlive(Task request)
    {
        lock (_gate)
        {
            _outlived.RemoveWhere(task => task.IsCompleted);
            _outlived.Add(request);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task[] outlived;
        lock (_gate)
        {
            outlived = [.. _outlived];
        }

        await Task.WhenAll(outlived).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }
}
