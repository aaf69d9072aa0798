using HavenVlm.Core.Common;

namespace HavenVlm.Core.Workflows.Requests;

/// <summary>Which scenes a request is for.</summary>
public enum SceneSelection
{
    /// <summary>The ones named.</summary>
    Named,

    /// <summary>The result of a saved filter of Stash.</summary>
    Filter,

    /// <summary>All with VLM_TagMe.</summary>
    TagMe,

    /// <summary>All with VLM_UpdateMe.</summary>
    UpdateMe,
}

/// <summary>A request for scenes; a write-once artifact, because a list of names can be long.</summary>
public sealed record SceneRequest
{
    /// <summary>Which scenes.</summary>
    public required SceneSelection Selection { get; init; }

    /// <summary>The scenes named, in the order asked for.</summary>
    public IReadOnlyList<SceneId> SceneIds { get; init; } = [];

    /// <summary>Name of the saved filter.</summary>
    public string Filter { get; init; } = "";

    /// <summary>Not empty = ask everything again into a new log.</summary>
    public string ForceToken { get; init; } = "";

    /// <summary>Whether nothing is written to Stash.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether tombstones are cleared.</summary>
    public bool Reset { get; init; }

    /// <summary>Whether scenes are left out that a request which runs already holds: so sweeps ask.</summary>
    public bool NewOnly { get; init; }

    /// <summary>Whether a person named these scenes: no request tag needed, and they go first.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool ByName => Selection is SceneSelection.Named or SceneSelection.Filter;
}

/// <summary>Starts <see cref="TagScenesOrchestrator"/>.</summary>
/// <param name="Prepared">Whether the list of scenes has been taken; set by continue-as-new.</param>
/// <param name="StartedAt">When the request began; set by continue-as-new.</param>
public sealed record TagScenesInput(bool Prepared = false, DateTimeOffset? StartedAt = null);

/// <summary>Input of SnapshotRequest and AdvanceRequest: the request's own instance id names its artifacts.</summary>
public sealed record RequestInput(InstanceId InstanceId);

/// <summary>What a request came to so far.</summary>
public sealed record RequestProgress
{
    /// <summary>Scenes in all.</summary>
    public int Total { get; init; }

    /// <summary>Scenes tagged (or found to be as they should).</summary>
    public int Done { get; init; }

    /// <summary>Scenes that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Scenes that needed nothing: gone, or no longer requested.</summary>
    public int Skipped { get; init; }

    /// <summary>Scenes that a user terminated.</summary>
    public int Terminated { get; init; }

    /// <summary>Scenes running now.</summary>
    public int Running { get; init; }

    /// <summary>Frames done in ended and running scenes.</summary>
    public int FramesDone { get; init; }

    /// <summary>Frames known of in ended and running scenes.</summary>
    public int FramesTotal { get; init; }

    /// <summary>What the running scenes say, shortened.</summary>
    public string Message { get; init; } = "";

    /// <summary>Whether anything changed since the last look.</summary>
    public bool Moved { get; init; }

    /// <summary>Scenes that have ended.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Ended => Done + Failed + Skipped + Terminated;
}

/// <summary>One scene that did not end well.</summary>
/// <param name="SceneId">The scene.</param>
/// <param name="Reason">Why.</param>
/// <param name="Title">Its title in Stash, shortened; empty = not known.</param>
public sealed record SceneFailure(SceneId SceneId, string Reason, string Title = "");

/// <summary>Output of AdvanceRequest.</summary>
/// <param name="Progress">Counts.</param>
/// <param name="Failures">The first failures, when the request has ended.</param>
/// <param name="Changes">What dry runs would write, when the request has ended; the first ones.</param>
/// <param name="Results">What became of the scenes, a line each, when the request has ended; the first ones.</param>
public sealed record AdvanceOutput(
    RequestProgress Progress,
    IReadOnlyList<SceneFailure> Failures,
    IReadOnlyList<string> Changes,
    IReadOnlyList<string>? Results = null
);

/// <summary>Output of <see cref="TagScenesOrchestrator"/>.</summary>
public sealed record TagScenesOutput
{
    /// <summary>Scenes tagged or found to be as they should.</summary>
    public int Done { get; init; }

    /// <summary>Scenes that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Scenes that needed nothing.</summary>
    public int Skipped { get; init; }

    /// <summary>Scenes that a user terminated.</summary>
    public int Terminated { get; init; }

    /// <summary>The reasons, the first ones.</summary>
    public IReadOnlyList<SceneFailure> Failures { get; init; } = [];

    /// <summary>What became of the scenes that did not fail, a line each, the first ones.</summary>
    public IReadOnlyList<string> Results { get; init; } = [];

    /// <summary>What dry runs would write, the first lines.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];
}
