using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Replay;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Engine.Running;

/// <summary>
/// Gives runs their turns: delivers what was journalled, and passes on what the orchestrators ask for. A run has one turn at a time.
/// </summary>
internal sealed class TurnRunner(
    RunLoader loader,
    RunTable table,
    JournalWriter journal,
    ActivityDispatcher activities,
    TimerQueue timers,
    TimeProvider time,
    Action<string> onChanged,
    ILogger logger,
    DateTimeOffset? endsWaitsBefore = null
) : IDisposable
{
    // A run that waits only for timers further away than this is read back from the journal when one fires.
    private static readonly TimeSpan WorthKeeping = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(1);
    private const int MaxFailures = 3;

    private readonly CancellationTokenSource _stopping = new();
    private Task[] _workers = [];

    /// <summary>Begins to give turns.</summary>
    public void Start(int workers) => _workers = [.. Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync))];

    /// <summary>Ends after the turns at hand; false when an orchestrator does not give its turn back in time.</summary>
    public async Task<bool> StopAsync(TimeSpan patience)
    {
        table.Stop();
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

    /// <summary>Forgets a run that is over and stops what it asked for.</summary>
    public void End(long run)
    {
        table.Remove(run);
        activities.CancelRun(run);
        timers.RemoveRun(run);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task WorkAsync()
    {
        await foreach (var run in table.Ready.ReadAllAsync())
        {
            var waitsLong = false;
            try
            {
                waitsLong = Turn(run);
                run.Failures = 0;
            }
            catch (Exception e)
            {
                await RecoverAsync(run, e);
            }

            table.EndTurn(run, waitsLong);
        }
    }

    /// <summary>A turn failed for a reason that is not the orchestrator's: another one is due, from the journal.</summary>
    private async Task RecoverAsync(LiveRun run, Exception exception)
    {
        run.Orchestrator = null;
        run.Failures++;
        if (exception is not JournalException && run.Failures >= MaxFailures)
        {
            logger.LogError(exception, "Run {Run} is given up", run.Number);
            Post(
                run,
                [],
                customStatus: null,
                new RunOutcome(RunEnd.Failed, $"Its history cannot be used: {exception.Message}"),
                input: null
            );
            return;
        }

        logger.LogError(exception, "The turn of run {Run} failed and is tried again", run.Number);
        try
        {
            // The disk's time, not the simulated one.
            await Task.Delay(Recovery, TimeProvider.System, _stopping.Token);
            table.Wake(run.Number);
        }
        catch (OperationCanceledException)
        {
            // Stopped; it goes on after the next start.
        }
    }

    /// <summary>One turn; returns whether the run then waits for long.</summary>
    private bool Turn(LiveRun run)
    {
        var inbox = table.TakeInbox(run);
        if (run.IsEnding)
        {
            // Over as soon as that is written; until then nothing more is delivered.
            return false;
        }

        if (run.Orchestrator is null && !Load(run))
        {
            return true;
        }

        var orchestrator = run.Orchestrator!;
        foreach (var e in inbox.Where(e => e.Position > run.LastPosition))
        {
            orchestrator.Deliver(e);
            run.LastPosition = e.Position;
        }

        orchestrator.CheckThread();
        PassOn(run, orchestrator);
        return WaitsLong(orchestrator);
    }

    private bool Load(LiveRun run)
    {
        if (loader.Load(run.Number, () => table.WakeIfLive(run.Number)) is not { } loaded)
        {
            table.Remove(run.Number);
            return false;
        }

        run.InstanceId = loaded.Recorded.InstanceId;
        if (loaded.Orchestrator is not { } orchestrator)
        {
            var reason = $"This version of Haven VLM has no orchestrator {loaded.Recorded.Name}.";
            Post(run, [], customStatus: null, new RunOutcome(RunEnd.Failed, reason), input: null);
            return false;
        }

        var events = loaded.Recorded.Events;
        run.Orchestrator = orchestrator;
        run.CustomStatus = loaded.Recorded.CustomStatus;
        run.LastPosition = events.Count == 0 ? 0 : events[^1].Position;
        run.ToResume = [.. events.Where(e => e.IsRequest)];
        return true;
    }

    private void PassOn(LiveRun run, OrchestratorRun orchestrator)
    {
        var (requests, cancelledTimers) = orchestrator.TakeNew();
        var outcome = orchestrator.Outcome;
        var customStatus = orchestrator.CustomStatus;
        var newStatus = string.Equals(customStatus, run.CustomStatus, StringComparison.Ordinal) ? null : customStatus;
        if (requests.Count > 0 || newStatus is not null || outcome is not null)
        {
            run.CustomStatus = customStatus ?? run.CustomStatus;
            Post(run, requests, newStatus, outcome, orchestrator.Input);
        }

        if (outcome is not null)
        {
            return;
        }

        if (!orchestrator.HasBegun)
        {
            Begin(run, orchestrator);
            return;
        }

        // What follows from journalled events needs no commit of its own before it is acted upon: a replay would ask for the same.
        foreach (var task in cancelledTimers)
        {
            timers.Remove(new TimerKey(run.Number, task));
        }

        foreach (var request in requests)
        {
            Act(run, orchestrator, request);
        }

        if (!orchestrator.IsSuspended && run.ToResume.Count > 0)
        {
            foreach (var request in run.ToResume)
            {
                Act(run, orchestrator, request, isOfBefore: request.At < endsWaitsBefore);
            }

            run.ToResume = [];
        }

        if (table.IsOver(run))
        {
            // Ended from outside during this turn.
            End(run.Number);
        }
    }

    private void Act(LiveRun run, OrchestratorRun orchestrator, HistoryEvent request, bool isOfBefore = false)
    {
        if (!orchestrator.Pending.ContainsKey(request.Task))
        {
            return;
        }

        if (request.Kind == HistoryEventKind.TimerCreated)
        {
            timers.Add(new TimerKey(run.Number, request.Task), request.Due!.Value, atOnce: isOfBefore);
        }
        else
        {
            activities.Enqueue(new ActivityCall(run.Number, request.Task, request.Name!, request.Data));
        }
    }

    private void Begin(LiveRun run, OrchestratorRun orchestrator)
    {
        if (orchestrator.IsSuspended || !table.TryBegin(run))
        {
            return;
        }

        table.EntryPosted(run);
        journal.Post(
            new BeginEntry(
                run.Number,
                entry =>
                {
                    table.BeginAnswered(run);
                    if (entry.Begun is { } begun)
                    {
                        table.Deliver(run.Number, begun);
                        onChanged(entry.InstanceId!);
                    }

                    table.EntryWritten(run);
                }
            )
        );
    }

    private void Post(LiveRun run, IReadOnlyList<HistoryEvent> requests, string? customStatus, RunOutcome? outcome, string? input)
    {
        run.IsEnding = outcome is not null;
        LogEnd(run, outcome);
        table.EntryPosted(run);
        // What could not be written did not happen: the next time the run is read back as the journal knows it.
        journal.Post(
            new TurnEntry(run.Number, requests, customStatus, outcome, input, entry => Written(run, entry), () => table.Remove(run.Number))
        );
    }

    private void Written(LiveRun run, TurnEntry entry)
    {
        if (entry.EndsRun)
        {
            End(run.Number);
        }

        if (entry.NextRun is { } next)
        {
            table.Wake(next);
        }

        table.EntryWritten(run);
        if (entry is { IsVisible: true, InstanceId: { } instanceId })
        {
            onChanged(instanceId);
        }
    }

    private void LogEnd(LiveRun run, RunOutcome? outcome)
    {
        if (outcome is { End: RunEnd.Mismatched })
        {
            logger.LogWarning("{Instance}: {Reason}", run.InstanceId, outcome.Data);
        }
        else if (outcome is { End: RunEnd.Failed })
        {
            logger.LogInformation("{Instance} failed: {Reason}", run.InstanceId, outcome.Data);
        }
    }

    private bool WaitsLong(OrchestratorRun orchestrator)
    {
        if (!orchestrator.HasBegun)
        {
            return true;
        }

        var soon = time.GetUtcNow() + WorthKeeping;
        return orchestrator.Outcome is null && orchestrator.Pending.Values.All(p => p.Due > soon);
    }
}
