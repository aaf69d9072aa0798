using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Engine.Replay;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Engine.Running;

/// <summary>Brings runs from the journal into memory.</summary>
internal sealed class RunLoader(WorkflowCatalog catalog, JournalReader reader, ILoggerFactory loggers)
{
    /// <summary>Reads a run back and replays it; null when it is over.</summary>
    /// <param name="run">Number of the run.</param>
    /// <param name="onLeft">Called, from any thread, when its orchestrator is seen outside of a turn.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public LoadedRun? Load(long run, Action onLeft)
    {
        if (reader.ReadRun(run) is not { } recorded)
        {
            return null;
        }

        OrchestratorRun? orchestrator = null;
        if (catalog.FindOrchestrator(recorded.Name) is { } registration)
        {
            orchestrator = new OrchestratorRun(registration, recorded.InstanceId, loggers, onLeft);
            orchestrator.Replay(recorded.Events);
        }

        return new LoadedRun(recorded, orchestrator);
    }
}

/// <summary>A run that was read back.</summary>
/// <param name="Recorded">What the journal holds.</param>
/// <param name="Orchestrator">Its orchestrator, up to date with its history; null = there is none of that name.</param>
internal sealed record LoadedRun(RecordedRun Recorded, OrchestratorRun? Orchestrator);
