namespace HavenVlm.Simulation.Vlm;

/// <summary>Slots of a model server whose number may change while it runs; those who wait are served in order.</summary>
internal sealed class SlotGate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = new();
    private int _taken;

    /// <summary>Takes a slot if one is free.</summary>
    public bool TryEnter(int? slots)
    {
        lock (_lock)
        {
            if (_taken >= slots)
            {
                return false;
            }

            _taken++;
            return true;
        }
    }

    /// <summary>Takes a slot, waiting for it if need be.</summary>
    public async Task EnterAsync(int? slots, CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (!(_taken >= slots))
            {
                _taken++;
                return;
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.AddLast(turn);
        }

        await using var _ = cancellationToken.Register(() => Withdraw(turn, cancellationToken));
        await turn.Task;
    }

    /// <summary>Gives a slot back and lets in those for whom there is room now.</summary>
    public void Leave(int? slots)
    {
        lock (_lock)
        {
            _taken--;
            while (_waiting.First is { } first && !(_taken >= slots))
            {
                _waiting.RemoveFirst();
                _taken++;
                first.Value.SetResult();
            }
        }
    }

    private void Withdraw(TaskCompletionSource turn, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_waiting.Remove(turn))
            {
                turn.SetCanceled(cancellationToken);
            }
        }
    }
}
