using System.Text.Json.Serialization;
using HavenVlm.Core.Common;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>Starts <see cref="TagSceneOrchestrator"/>.</summary>
public sealed record TagSceneInput
{
    /// <summary>Stash's id of the scene.</summary>
    public required SceneId SceneId { get; init; }

    /// <summary>Whether somebody asked for this very scene, so that no request tag is needed.</summary>
    public bool ByName { get; init; }

    /// <summary>Not empty = start a new log under this token and ask everything again; the same token continues the same log.</summary>
    public string ForceToken { get; init; } = "";

    /// <summary>Whether nothing is written to Stash.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether tombstones are cleared.</summary>
    public bool Reset { get; init; }

    /// <summary>Where the run is; set only by continue-as-new.</summary>
    public TagSceneState? State { get; init; }
}

/// <summary>What survives continue-as-new.</summary>
public sealed record TagSceneState
{
    /// <summary>Id of the run: times that stayed unanswered are not repeated within it.</summary>
    public required string Run { get; init; }

    /// <summary>Number of the next round.</summary>
    public int Round { get; init; }

    /// <summary>When the run began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When an answer last came.</summary>
    public required DateTimeOffset LastAnswerAt { get; init; }

    /// <summary>How long no answer came; wall-clock differences that <see cref="Running.OutageCount"/> keeps within what is possible.</summary>
    public TimeSpan WithoutAnswer { get; init; }

    /// <summary>What PrepareScene found; null = it has not run.</summary>
    public ScenePreparation? Preparation { get; init; }

    /// <summary>Requests made so far.</summary>
    public double Requests { get; init; }

    /// <summary>Frames recorded so far: what the log must hold of this run.</summary>
    public int Recorded { get; init; }

    /// <summary>The most frames of the scene that a plan so far found done; -1 = there was none.</summary>
    public int DoneSeen { get; init; } = -1;

    /// <summary>Consecutive rounds without progress.</summary>
    public int IdleRounds { get; init; }
}

/// <summary>What became of a scene.</summary>
public enum TagSceneOutcome
{
    /// <summary>Something that this program does not know: a newer one wrote it. Counts as done.</summary>
    Other,

    /// <summary>Stash was changed.</summary>
    Tagged,

    /// <summary>Stash already had what the answers call for.</summary>
    Unchanged,

    /// <summary>Nothing was written, only found out.</summary>
    DryRun,

    /// <summary>There was nothing to do: the scene is gone, or no longer requested.</summary>
    Skipped,

    /// <summary>The run goes on in the instance's next history.</summary>
    Continued,
}

/// <summary>Output of <see cref="TagSceneOrchestrator"/>.</summary>
public sealed record TagSceneOutput
{
    /// <summary>What became of the scene.</summary>
    [JsonConverter(typeof(LenientEnumConverter<TagSceneOutcome>))]
    public required TagSceneOutcome Outcome { get; init; }

    /// <summary>A sentence for people.</summary>
    public string Message { get; init; } = "";

    /// <summary>Markers that the scene now has of ours.</summary>
    public int Markers { get; init; }

    /// <summary>The first of these markers in words, such as <c>Kissing 0:34-0:45</c>.</summary>
    public IReadOnlyList<string> FirstMarkers { get; init; } = [];

    /// <summary>Scene tags that the answers call for.</summary>
    public int Tags { get; init; }

    /// <summary>Frames analyzed of the scene.</summary>
    public int Frames { get; init; }

    /// <summary>Frames that stayed unanswered.</summary>
    public int Unanswered { get; init; }

    /// <summary>Of <see cref="Unanswered"/> the frames that the model or a moderation refused.</summary>
    public int Refused { get; init; }

    /// <summary>Requests to the model in this run.</summary>
    public double Requests { get; init; }

    /// <summary>Tokens of these requests, as the servers count them; null = they do not.</summary>
    public TokenUsage? Tokens { get; init; }

    /// <summary>What was assumed or is not known, for people; part of <see cref="Message"/> too.</summary>
    public string Note { get; init; } = "";

    /// <summary>Title of the scene, shortened.</summary>
    public string Title { get; init; } = "";

    /// <summary>How long the run took, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Writes to Stash: created, moved and deleted markers, added and removed tags.</summary>
    public int Writes { get; init; }

    /// <summary>What was or would be written, a line each; the first ones.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];
}

/// <summary>Input of PrepareScene.</summary>
public sealed record PrepareSceneInput(InstanceId InstanceId, string Run, SceneId SceneId, bool ByName, string ForceToken, bool DryRun);

/// <summary>Output of PrepareScene.</summary>
public sealed record ScenePreparation
{
    /// <summary>Name of the write-once snapshot; empty = there is nothing to do, see <see cref="Message"/>.</summary>
    public string Snapshot { get; init; } = "";

    /// <summary>Title of the scene for people, shortened.</summary>
    public string Title { get; init; } = "";

    /// <summary>Why there is nothing to do.</summary>
    public string Message { get; init; } = "";

    /// <summary>Why the scene cannot be analyzed; null = it can.</summary>
    public string? Failure { get; init; }

    /// <summary>Chunks of this scene in flight at once.</summary>
    public int ChunksInFlight { get; init; } = 2;

    /// <summary>See <c>vlm.giveUpAfter</c>.</summary>
    public TimeSpan? GiveUpAfter { get; init; }
}

/// <summary>Input of PlanRound.</summary>
/// <param name="Snapshot">Name of the snapshot.</param>
/// <param name="Round">Number of the round.</param>
/// <param name="Recorded">Frames that this run recorded so far. When the log holds fewer, it loses answers.</param>
public sealed record PlanRoundInput(string Snapshot, int Round, int Recorded = 0);

/// <summary>Output of PlanRound.</summary>
/// <param name="Plan">Name of the write-once plan; empty when nothing is lacking.</param>
/// <param name="Frames">Frames in it.</param>
/// <param name="Chunks">Chunks in it.</param>
/// <param name="Done">Frames of the scene that need nothing more in this run.</param>
/// <param name="MostRecords">Frames that a run of the scene may record in all; 0 = not known.</param>
public sealed record RoundPlanned(string Plan, int Frames, int Chunks, int Done, int MostRecords = 0);

/// <summary>Input of AnalyzeFrames.</summary>
public sealed record AnalyzeFramesInput(InstanceId InstanceId, string Snapshot, string Plan, int Chunk);

/// <summary>Output of AnalyzeFrames.</summary>
public sealed record AnalyzeFramesOutput
{
    /// <summary>Frames answered or reused.</summary>
    public int Answered { get; init; }

    /// <summary>Frames recorded as unanswered.</summary>
    public int Unanswered { get; init; }

    /// <summary>Frames of these that the call itself recorded, answered, reused or not; what an earlier attempt recorded is not among them.</summary>
    public int Recorded { get; init; }

    /// <summary>Frames not asked: endpoints away, deadline reached, or stopped.</summary>
    public int Remaining { get; init; }

    /// <summary>Requests made.</summary>
    public double Requests { get; init; }

    /// <summary>Why frames remain; null when none do.</summary>
    public string? Reason { get; init; }

    /// <summary>Not null = endpoints are away: ask again after this.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the scene was deleted in Stash meanwhile.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SceneIsGone { get; init; }
}

/// <summary>Input of PublishScene.</summary>
public sealed record PublishSceneInput(InstanceId InstanceId, string Snapshot, bool DryRun, bool Reset);

/// <summary>Output of PublishScene.</summary>
/// <param name="Held">The instance was suspended: ask again when it goes on.</param>
/// <param name="Output">What was written.</param>
public sealed record PublishSceneOutput(bool Held, TagSceneOutput? Output);

/// <summary>Input of MarkErrored.</summary>
public sealed record MarkErroredInput(InstanceId InstanceId, SceneId SceneId, string Reason);
