using System.Collections.Concurrent;

namespace HavenVlm.EngineContract;

/// <summary>Lets a test decide when activities finish, and see what they did.</summary>
public sealed class Gates
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _arrivals = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _log = new();

    /// <summary>What activities noted, in order.</summary>
    public IReadOnlyList<string> Log => [.. _log];

    /// <summary>Lets the activity at this gate go on, now or when it arrives.</summary>
    public void Open(string gate) => Get(_gates, gate).TrySetResult();

    /// <summary>Waits until an activity stands at this gate.</summary>
    public Task ArrivalAsync(string gate) => Get(_arrivals, gate).Task.WaitAsync(TimeSpan.FromMinutes(3));

    /// <summary>Whether an activity has stood at this gate.</summary>
    public bool HasArrived(string gate) => Get(_arrivals, gate).Task.IsCompleted;

    /// <summary>Waits at a gate.</summary>
    public Task PassAsync(string gate, CancellationToken cancellationToken)
    {
        Get(_arrivals, gate).TrySetResult();
        return Get(_gates, gate).Task.WaitAsync(cancellationToken);
    }

    /// <summary>Waits until so many lines were noted.</summary>
    public async Task UntilNotedAsync(int lines)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (_log.Count < lines)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), deadline.Token);
        }
    }

    /// <summary>Writes something down.</summary>
    public void Note(string line) => _log.Enqueue(line);

    private static TaskCompletionSource Get(ConcurrentDictionary<string, TaskCompletionSource> sources, string gate) =>
        sources.GetOrAdd(gate, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
