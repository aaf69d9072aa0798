using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Replay;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>An entry that belongs to one run and is dropped when the run is over.</summary>
internal abstract class RunEntry(long run) : JournalEntry
{
    public long Run { get; } = run;

    /// <summary>The instance's id, once it was written; null = the run is over and nothing was written.</summary>
    public string? InstanceId { get; private set; }

    public sealed override void Apply(JournalSession session)
    {
        InstanceId = null;
        if (session.FindRun(Run) is { HasEnded: false } row)
        {
            InstanceId = row.Id;
            Apply(session, row);
            session.Save(row);
        }
    }

    /// <summary>Writes it for a run that goes on.</summary>
    protected abstract void Apply(JournalSession session, InstanceRow row);
}

/// <summary>An accepted run begins, unless it is held.</summary>
internal sealed class BeginEntry(long run, Action<BeginEntry> onCommitted) : RunEntry(run)
{
    /// <summary>The event; null = it did not begin.</summary>
    public HistoryEvent? Begun { get; private set; }

    public override void Committed() => onCommitted(this);

    protected override void Apply(JournalSession session, InstanceRow row)
    {
        Begun = null;
        if (row.Begun || row.Status == RuntimeStatus.Suspended)
        {
            return;
        }

        row.Begun = true;
        row.Status = RuntimeStatus.Running;
        Begun = session.Append(row, new HistoryEvent(HistoryEventKind.Begun, session.Now));
    }
}

/// <summary>An activity or timer came back.</summary>
internal sealed class CompletionEntry(long run, HistoryEvent completion, Action<CompletionEntry> onCommitted) : RunEntry(run)
{
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The event as it stands in the history, once it was written.</summary>
    public HistoryEvent? Event { get; private set; }

    /// <summary>Ends once it is on disk, or will never be.</summary>
    public Task Written => _written.Task;

    public override void Committed()
    {
        onCommitted(this);
        _written.SetResult();
    }

    public override void Failed(Exception exception) => _written.TrySetResult();

    protected override void Apply(JournalSession session, InstanceRow row) => Event = session.Append(row, completion);
}

/// <summary>What an orchestrator asked for in a turn, and how its run ended if it did.</summary>
internal sealed class TurnEntry(
    long run,
    IReadOnlyList<HistoryEvent> requests,
    string? customStatus,
    RunOutcome? outcome,
    string? input,
    Action<TurnEntry> onCommitted,
    Action onFailed
) : RunEntry(run)
{
    /// <summary>A replay would ask for the same again.</summary>
    public override bool CanWait => outcome is null;

    /// <summary>Whether the run is over.</summary>
    public bool EndsRun => outcome is not null;

    /// <summary>Whether others can see a difference.</summary>
    public bool IsVisible => outcome is not null || customStatus is not null;

    /// <summary>The run that takes over; null = none.</summary>
    public long? NextRun { get; private set; }

    public override void Committed() => onCommitted(this);

    public override void Failed(Exception exception) => onFailed();

    protected override void Apply(JournalSession session, InstanceRow row)
    {
        NextRun = null;
        row.CustomStatus = customStatus;
        foreach (var request in requests)
        {
            session.Append(row, request);
        }

        switch (outcome)
        {
            case { End: RunEnd.Completed }:
                // Nothing reads the history of what ended well.
                session.Forget(row);
                row.Events = 0;
                row.Output = outcome.Data;
                row.Status = RuntimeStatus.Completed;
                session.Append(row, new HistoryEvent(HistoryEventKind.Completed, session.Now) { Data = outcome.Data });
                break;
            case { End: RunEnd.ContinuedAsNew }:
                row.Mismatches = 0;
                session.BeginNewRun(row, outcome.Data);
                NextRun = row.Run;
                break;
            case { End: RunEnd.Mismatched } when row.Mismatches == 0:
                row.Mismatches++;
                session.BeginNewRun(row, input);
                NextRun = row.Run;
                break;
            case { End: RunEnd.Failed or RunEnd.Mismatched }:
                row.Output = JsonSerializer.Serialize(outcome.Data, HavenJson.Options);
                row.Status = RuntimeStatus.Failed;
                session.Append(row, new HistoryEvent(HistoryEventKind.Failed, session.Now) { Data = outcome.Data });
                break;
        }
    }
}
