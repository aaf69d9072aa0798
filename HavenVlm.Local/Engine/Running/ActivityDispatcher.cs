using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Journal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Engine.Running;

/// <summary>An activity that a run waits for.</summary>
internal sealed record ActivityCall(long Run, int Task, string Name, string? Input);

/// <summary>Runs activities, so many at a time, first come first served.</summary>
internal sealed class ActivityDispatcher(
    WorkflowCatalog catalog,
    IServiceProvider services,
    int maxConcurrent,
    Func<ActivityCall, HistoryEvent, Task> onCompleted,
    TimeProvider time,
    ILogger logger
) : IDisposable
{
    private readonly Channel<ActivityCall> _queue = Channel.CreateUnbounded<ActivityCall>();
    private readonly ConcurrentDictionary<(long Run, int Task), ActivityCall> _known = new();
    private readonly Dictionary<long, RunCancellation> _runs = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task[] _workers = [];

    /// <summary>How many activities are queued or running.</summary>
    public int Count => _known.Count;

    /// <summary>Begins to run what is queued.</summary>
    public void Start() => _workers = [.. Enumerable.Range(0, maxConcurrent).Select(_ => Task.Run(WorkAsync))];

    /// <summary>Queues an activity; nothing happens when it is queued or running already.</summary>
    public void Enqueue(ActivityCall call)
    {
        if (_known.TryAdd((call.Run, call.Task), call))
        {
            lock (_gate)
            {
                if (!_runs.TryGetValue(call.Run, out var cancellation))
                {
                    _runs.Add(call.Run, cancellation = new RunCancellation(_stopping.Token));
                }

                cancellation.Users++;
            }

            _queue.Writer.TryWrite(call);
        }
    }

    /// <summary>Cancels the activities of a run that is over.</summary>
    public void CancelRun(long run)
    {
        RunCancellation? cancellation;
        lock (_gate)
        {
            if (!_runs.TryGetValue(run, out cancellation) || cancellation.IsCancelled)
            {
                return;
            }

            cancellation.IsCancelled = true;
            cancellation.Users++;
        }

        cancellation.Cancelling = CancelAsync(run, cancellation);
    }

    /// <summary>Cancels everything; false when some did not end in time.</summary>
    public async Task<bool> StopAsync(TimeSpan patience)
    {
        _queue.Writer.TryComplete();
        await _stopping.CancelAsync();
        try
        {
            await Task.WhenAll(_workers).WaitAsync(patience, TimeProvider.System);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public void Dispose() => _stopping.Dispose();

    private async Task CancelAsync(long run, RunCancellation cancellation)
    {
        try
        {
            await cancellation.Source.CancelAsync();
        }
        catch (AggregateException e)
        {
            logger.LogWarning(e, "An activity failed while it was cancelled");
        }
        finally
        {
            Release(run, cancellation);
        }
    }

    private void Release(long run, RunCancellation cancellation)
    {
        lock (_gate)
        {
            if (--cancellation.Users == 0)
            {
                _runs.Remove(run);
                cancellation.Source.Dispose();
            }
        }
    }

    private async Task WorkAsync()
    {
        await foreach (var call in _queue.Reader.ReadAllAsync())
        {
            RunCancellation cancellation;
            lock (_gate)
            {
                cancellation = _runs[call.Run];
            }

            try
            {
                var token = cancellation.Source.Token;
                if (!token.IsCancellationRequested && await RunAsync(call, token) is { } completion)
                {
                    await WrittenAsync(onCompleted(call, completion));
                }
            }
            finally
            {
                _known.TryRemove((call.Run, call.Task), out _);
                Release(call.Run, cancellation);
            }
        }
    }

    /// <summary>Results that the disk refuses hold back further activities, so that they do not pile up; the end does not wait for them.</summary>
    private async Task WrittenAsync(Task written)
    {
        try
        {
            await written.WaitAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The journal writes what it can before it closes.
        }
    }

    /// <summary>Runs an activity; null when it was stopped and is of no consequence.</summary>
    private async Task<HistoryEvent?> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        try
        {
            if (catalog.FindActivity(call.Name) is not { } activity)
            {
                var missing = new ActivityFailure(
                    typeof(KeyNotFoundException).FullName!,
                    $"This version of Haven VLM has no activity {call.Name}.",
                    IsPermanent: true
                );
                return Failed(call, missing);
            }

            await using var scope = services.CreateAsyncScope();
            var result = await activity.RunJsonAsync(scope.ServiceProvider, call.Input, cancellationToken);
            return new HistoryEvent(HistoryEventKind.ActivityCompleted, time.GetUtcNow()) { Task = call.Task, Data = result };
        }
        catch (Exception e)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                // Whatever a cancelled activity throws says nothing about its work; it runs again, if anybody still waits for it.
                logger.LogDebug(e, "The activity {Activity} was stopped", call.Name);
                return null;
            }

            logger.LogDebug(e, "The activity {Activity} failed", call.Name);
            return Failed(call, ActivityFailure.From(e));
        }
    }

    private HistoryEvent Failed(ActivityCall call, ActivityFailure failure) =>
        new(HistoryEventKind.ActivityFailed, time.GetUtcNow())
        {
            Task = call.Task,
            Data = JsonSerializer.Serialize(failure, HavenJson.Options),
        };

    /// <summary>Cancels what belongs to one run, for as long as anything of it is queued or running.</summary>
    private sealed class RunCancellation(CancellationToken stopping)
    {
        public CancellationTokenSource Source { get; } = CancellationTokenSource.CreateLinkedTokenSource(stopping);

        public int Users { get; set; }

        public bool IsCancelled { get; set; }

        public Task Cancelling { get; set; } = Task.CompletedTask;
    }
}
