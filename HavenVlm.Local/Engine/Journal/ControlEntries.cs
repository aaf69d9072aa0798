using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>An entry that somebody asked for and waits for.</summary>
internal abstract class ControlEntry(Action<ControlEntry> onCommitted) : JournalEntry
{
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether something was done.</summary>
    public Task<bool> Done => _done.Task;

    /// <summary>Whether something was done, before <see cref="Done"/> says so.</summary>
    public bool Changed { get; protected set; }

    /// <summary>The instance that changed.</summary>
    public string? InstanceId { get; protected set; }

    /// <summary>The run that is over by this; null = none.</summary>
    public long? EndedRun { get; protected set; }

    /// <summary>The run that is to be examined by this; null = none.</summary>
    public long? WokenRun { get; protected set; }

    /// <summary>The event that was added; null = none.</summary>
    public HistoryEvent? Event { get; protected set; }

    public sealed override bool CanFail => true;

    public sealed override void Apply(JournalSession session)
    {
        (Changed, InstanceId, EndedRun, WokenRun, Event) = (false, null, null, null, null);
        Write(session);
    }

    public sealed override void Committed()
    {
        onCommitted(this);
        _done.TrySetResult(Changed);
    }

    public sealed override void Failed(Exception exception) => _done.TrySetException(exception);

    protected abstract void Write(JournalSession session);
}

/// <summary>Starts an instance, or joins the active one.</summary>
internal sealed class StartEntry(string name, string instanceId, string? input, Action<ControlEntry> onCommitted)
    : ControlEntry(onCommitted)
{
    protected override void Write(JournalSession session)
    {
        if (session.Find(instanceId) is { } existing)
        {
            if (!existing.HasEnded)
            {
                return;
            }

            session.Delete(existing);
        }

        Changed = true;
        InstanceId = instanceId;
        WokenRun = session.Create(instanceId, name, input).Run;
    }
}

/// <summary>Starts an ended instance again.</summary>
internal sealed class RetryEntry(string instanceId, Action<ControlEntry> onCommitted) : ControlEntry(onCommitted)
{
    protected override void Write(JournalSession session)
    {
        if (session.Find(instanceId) is { HasEnded: true } existing)
        {
            var input = session.ReadInput(existing);
            session.Delete(existing);
            Changed = true;
            InstanceId = instanceId;
            WokenRun = session.Create(instanceId, existing.Name, input).Run;
        }
    }
}

/// <summary>Ends an active instance.</summary>
internal sealed class TerminateEntry(string instanceId, string reason, Action<ControlEntry> onCommitted) : ControlEntry(onCommitted)
{
    protected override void Write(JournalSession session)
    {
        if (session.Find(instanceId) is { HasEnded: false } row)
        {
            session.Append(row, new HistoryEvent(HistoryEventKind.Terminated, session.Now) { Data = reason });
            row.Status = RuntimeStatus.Terminated;
            row.Output = JsonSerializer.Serialize(reason, HavenJson.Options);
            session.Save(row);
            Changed = true;
            InstanceId = instanceId;
            EndedRun = row.Run;
        }
    }
}

/// <summary>Holds an active instance, or lets it go again.</summary>
internal sealed class HoldEntry(string instanceId, bool hold, string reason, Action<ControlEntry> onCommitted) : ControlEntry(onCommitted)
{
    public bool Holds => hold;

    protected override void Write(JournalSession session)
    {
        if (session.Find(instanceId) is not { HasEnded: false } row || row.Status == RuntimeStatus.Suspended == hold)
        {
            return;
        }

        var kind = hold ? HistoryEventKind.Suspended : HistoryEventKind.Resumed;
        Event = session.Append(row, new HistoryEvent(kind, session.Now) { Data = reason });
        row.Status =
            hold ? RuntimeStatus.Suspended
            : row.Begun ? RuntimeStatus.Running
            : RuntimeStatus.Pending;
        session.Save(row);
        Changed = true;
        InstanceId = instanceId;
        WokenRun = row.Run;
    }
}

/// <summary>Forgets an ended instance.</summary>
internal sealed class PurgeEntry(string instanceId, Action<ControlEntry> onCommitted) : ControlEntry(onCommitted)
{
    protected override void Write(JournalSession session)
    {
        if (session.Find(instanceId) is { HasEnded: true } row)
        {
            session.Delete(row);
            Changed = true;
            InstanceId = instanceId;
        }
    }
}

/// <summary>Forgets those of some instances that ended long ago and were not started again since.</summary>
internal sealed class PurgeExpiredEntry(IReadOnlyCollection<string> instanceIds, DateTimeOffset before, Action<ControlEntry> onCommitted)
    : ControlEntry(onCommitted)
{
    /// <summary>Those that are forgotten.</summary>
    public IReadOnlyList<string> Purged { get; private set; } = [];

    protected override void Write(JournalSession session)
    {
        var forgotten = new List<string>();
        foreach (var id in instanceIds)
        {
            if (session.Find(id) is { HasEnded: true } row && row.Updated < before)
            {
                session.Delete(row);
                forgotten.Add(id);
            }
        }

        Changed = forgotten.Count > 0;
        Purged = forgotten;
    }
}
