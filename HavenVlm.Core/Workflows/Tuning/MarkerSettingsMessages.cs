using HavenVlm.Core.Common;

namespace HavenVlm.Core.Workflows.Tuning;

/// <summary>Starts <see cref="FindMarkerSettingsOrchestrator"/>.</summary>
public sealed record FindMarkerSettingsInput
{
    /// <summary>Stash's id of the scene; null = the one with VLM_TuneMe, else the one with VLM_TagMe.</summary>
    public SceneId? SceneId { get; init; }

    /// <summary>Where the run is; set only by continue-as-new.</summary>
    public TuningStarted? Started { get; init; }
}

/// <summary>Input of StartTuning: the run names the request, so that a repeated call starts it once.</summary>
public sealed record StartTuningInput(InstanceId InstanceId, string Run, SceneId? SceneId);

/// <summary>Output of StartTuning.</summary>
/// <param name="SceneId">The scene.</param>
/// <param name="RequestId">Instance of the request that completes the scene's log and writes nothing to Stash.</param>
public sealed record TuningStarted(SceneId SceneId, InstanceId RequestId);

/// <summary>Output of CheckTuning.</summary>
/// <param name="Ended">Whether the log is complete.</param>
/// <param name="Status">How far it is.</param>
public sealed record CheckTuningOutput(bool Ended, ProgressStatus Status);

/// <summary>Input of FindSettings.</summary>
public sealed record FindSettingsInput(InstanceId InstanceId, SceneId SceneId);

/// <summary>Output of <see cref="FindMarkerSettingsOrchestrator"/>; the whole result is what <c>GET /api/marker-settings/{id}</c> answers.</summary>
public sealed record FindMarkerSettingsOutput
{
    /// <summary>Stash's id of the scene.</summary>
    public required SceneId SceneId { get; init; }

    /// <summary>A sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>F1 of all tags with the settings in force, 0 to 1.</summary>
    public double F1Before { get; init; }

    /// <summary>F1 of all tags with the settings found.</summary>
    public double F1After { get; init; }

    /// <summary>Tags whose settings change.</summary>
    public int TagsChanged { get; init; }

    /// <summary>Requests to the model that it took.</summary>
    public double Requests { get; init; }

    /// <summary>YAML to paste; empty when nothing changes or it is too long for a message.</summary>
    public string Yaml { get; init; } = "";
}
