namespace HavenVlm.Functions.Workflows;

/// <summary>Turns by id: a fixed number of locks, so that ids may share one and memory stays bounded.</summary>
internal sealed class IdLocks : IDisposable
{
    private readonly SemaphoreSlim[] _locks = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Waits for the turn; dispose the result to end it.</summary>
    public async Task<IDisposable> EnterAsync(string id, CancellationToken cancellationToken)
    {
        var turn = _locks[(uint)string.GetHashCode(id, StringComparison.Ordinal) % _locks.Length];
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    public void Dispose()
    {
        foreach (var turn in _locks)
        {
            turn.Dispose();
        }
    }

    private sealed class Turn(SemaphoreSlim taken) : IDisposable
    {
        public void Dispose() => taken.Release();
    }
}
