namespace HavenVlm.Local.Engine.Journal;

/// <summary>What can happen to a run of an instance. The numbers are stored: never reuse one.</summary>
internal enum HistoryEventKind
{
    /// <summary>The run was accepted; Data = its input. Always the first event.</summary>
    Started = 1,

    /// <summary>The orchestrator begins; its clock starts here.</summary>
    Begun = 2,

    /// <summary>The orchestrator asked for an activity; Name, Data = input.</summary>
    ActivityScheduled = 3,

    /// <summary>The orchestrator asked for a timer; Due.</summary>
    TimerCreated = 4,

    /// <summary>An activity returned; Data = result.</summary>
    ActivityCompleted = 5,

    /// <summary>An activity threw; Data = the failure.</summary>
    ActivityFailed = 6,

    /// <summary>A timer came due.</summary>
    TimerFired = 7,

    /// <summary>Held by a user; what follows is delivered after <see cref="Resumed"/>. Data = reason.</summary>
    Suspended = 8,

    /// <summary>Let go again. Data = reason.</summary>
    Resumed = 9,

    /// <summary>The orchestrator returned; Data = output.</summary>
    Completed = 10,

    /// <summary>The orchestrator threw or could not be run; Data = reason.</summary>
    Failed = 11,

    /// <summary>Ended by a user; Data = reason.</summary>
    Terminated = 12,
}

/// <summary>One line of an instance's history.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="At">When, by the wall clock of then.</param>
internal sealed record HistoryEvent(HistoryEventKind Kind, DateTimeOffset At)
{
    /// <summary>Its place in the history, from 1.</summary>
    public int Position { get; init; }

    /// <summary>Number of the activity or timer within the run, from 1; 0 = belongs to none.</summary>
    public int Task { get; init; }

    /// <summary>Name of the activity.</summary>
    public string? Name { get; init; }

    /// <summary>When a timer is, or was, due.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>Input, result, failure (JSON) or reason (text), depending on the kind.</summary>
    public string? Data { get; init; }

    /// <summary>Whether the orchestrator asked for this, as opposed to it having come from outside.</summary>
    public bool IsRequest => Kind is HistoryEventKind.ActivityScheduled or HistoryEventKind.TimerCreated;

    /// <summary>For messages: what the event is about.</summary>
    public string Describe() =>
        Kind switch
        {
            HistoryEventKind.ActivityScheduled => $"activity {Name}",
            HistoryEventKind.TimerCreated => "a timer",
            HistoryEventKind.ActivityCompleted => $"the result of activity number {Task}",
            HistoryEventKind.ActivityFailed => $"the failure of activity number {Task}",
            HistoryEventKind.TimerFired => $"timer number {Task} coming due",
            _ => Kind.ToString(),
        };
}
