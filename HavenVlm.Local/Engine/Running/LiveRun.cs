using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Replay;

namespace HavenVlm.Local.Engine.Running;

/// <summary>A run that something happens to, or that is kept in memory because something will soon. Guarded by its table.</summary>
internal sealed class LiveRun(long number)
{
    /// <summary>Number of the run.</summary>
    public long Number { get; } = number;

    /// <summary>Events that were journalled and not delivered.</summary>
    public Queue<HistoryEvent> Inbox { get; } = new();

    /// <summary>Whether it is queued for a turn or in one.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Whether something happened since its turn began.</summary>
    public bool IsWoken { get; set; }

    /// <summary>Entries on their way to the journal; until they are there it cannot be read back.</summary>
    public int Unwritten { get; set; }

    /// <summary>Whether nothing is expected to happen to it soon.</summary>
    public bool WaitsLong { get; set; }

    /// <summary>Whether the run is over.</summary>
    public bool IsOver { get; set; }

    // What follows is touched by its turn only.

    /// <summary>The orchestrator in memory; null = to be read from the journal.</summary>
    public OrchestratorRun? Orchestrator { get; set; }

    /// <summary>Whether its end is on its way to the journal.</summary>
    public bool IsEnding { get; set; }

    /// <summary>How many of its turns failed one after the other, for reasons that are not its orchestrator's.</summary>
    public int Failures { get; set; }

    /// <summary>Id of its instance, once loaded.</summary>
    public string? InstanceId { get; set; }

    /// <summary>Last event that was delivered.</summary>
    public int LastPosition { get; set; }

    /// <summary>Custom status that the journal holds.</summary>
    public string? CustomStatus { get; set; }

    /// <summary>Whether a request to begin is on its way. Guarded by the table.</summary>
    public bool IsBeginning { get; set; }

    /// <summary>Requests that the journal holds and that are not known to be under way.</summary>
    public IReadOnlyList<HistoryEvent> ToResume { get; set; } = [];
}
