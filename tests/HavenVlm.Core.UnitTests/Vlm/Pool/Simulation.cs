using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Core.UnitTests.Vlm.Pool;

/// <summary>
/// Runs asynchronous code on one thread under simulated time: everything that can run does, then time goes on by a millisecond. The same
/// every time, and an hour takes seconds.
/// </summary>
internal sealed class Simulation : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _ready = new();

    private Simulation() { }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero));

    public static void Run(Func<Simulation, Task> body, TimeSpan? atMost = null)
    {
        var simulation = new Simulation();
        var before = Current;
        SetSynchronizationContext(simulation);
        try
        {
            var end = simulation.Time.GetUtcNow() + (atMost ?? TimeSpan.FromHours(1));
            var task = body(simulation);
            while (true)
            {
                simulation.Drain();
                if (task.IsCompleted)
                {
                    break;
                }

                Assert.True(simulation.Time.GetUtcNow() < end, "the simulated time is over");
                simulation.Time.Advance(TimeSpan.FromMilliseconds(1));
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Cancels here and now; <c>CancelAsync</c> would leave the one thread.</summary>
    public static void Cancel(CancellationTokenSource source) => source.Cancel();

    /// <summary>Time since the start.</summary>
    public TimeSpan Now => Time.GetUtcNow() - Time.Start;

    public Task Wait(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), Time);

    public override void Post(SendOrPostCallback d, object? state) => _ready.Enqueue((d, state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    private void Drain()
    {
        while (_ready.TryDequeue(out var work))
        {
            work.Callback(work.State);
        }
    }
}
