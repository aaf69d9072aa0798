using HavenVlm.Core.Common;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>A request for images; a write-once artifact, because a list of names can be long.</summary>
public sealed record ImageRequest
{
    /// <summary>The images named, in the order asked for; null = all with a request tag, or in a gallery with one.</summary>
    public IReadOnlyList<ImageId>? ImageIds { get; init; }

    /// <summary>Not empty = forget what was answered before and ask everything again.</summary>
    public string ForceToken { get; init; } = "";

    /// <summary>Whether nothing is written to Stash.</summary>
    public bool DryRun { get; init; }

    /// <summary>Whether tags that the user took off may be written again.</summary>
    public bool Reset { get; init; }

    /// <summary>Whether images and galleries are left out that a request which runs already holds: so sweeps ask.</summary>
    public bool NewOnly { get; init; }

    /// <summary>Whether a person named these images, so that no request tag is needed.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool ByName => ImageIds is not null;
}

/// <summary>Starts <see cref="TagImagesOrchestrator"/>; the request is an artifact of the instance.</summary>
/// <param name="State">Where the run is; set only by continue-as-new.</param>
public sealed record TagImagesInput(TagImagesState? State = null);

/// <summary>What survives continue-as-new.</summary>
public sealed record TagImagesState
{
    /// <summary>Id of the run: pictures that stayed unanswered are not repeated within it.</summary>
    public required string Run { get; init; }

    /// <summary>When the run began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When an answer last came.</summary>
    public required DateTimeOffset LastAnswerAt { get; init; }

    /// <summary>How long no answer came; wall-clock differences that <see cref="Running.OutageCount"/> keeps within what is possible.</summary>
    public TimeSpan WithoutAnswer { get; init; }

    /// <summary>What PrepareImages found; null = it has not run.</summary>
    public ImagesPrepared? Prepared { get; init; }

    /// <summary>Chunk that comes next.</summary>
    public int Next { get; init; }

    /// <summary>Pictures of that chunk that were recorded in this run.</summary>
    public int Recorded { get; init; }

    /// <summary>Images tagged, or found to be as they should.</summary>
    public int Done { get; init; }

    /// <summary>Images that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Images that needed nothing.</summary>
    public int Skipped { get; init; }

    /// <summary>Requests made.</summary>
    public double Requests { get; init; }

    /// <summary>Why the whole run failed: what is left is only marked as failed; null = it has not.</summary>
    public string? Failure { get; init; }

    /// <summary>Images that have ended.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public int Ended => Done + Failed + Skipped;
}

/// <summary>Input of PrepareImages and FinishImages.</summary>
public sealed record ImageRunInput(InstanceId InstanceId, string Run);

/// <summary>Output of PrepareImages.</summary>
public sealed record ImagesPrepared
{
    /// <summary>Images in all.</summary>
    public required int Total { get; init; }

    /// <summary>Chunks of them.</summary>
    public required int Chunks { get; init; }

    /// <summary>Images in a chunk, see <c>images.batchSize</c>.</summary>
    public required int BatchSize { get; init; }

    /// <summary>See <c>vlm.giveUpAfter</c>.</summary>
    public TimeSpan? GiveUpAfter { get; init; }

    /// <summary>Why nothing can be analyzed; null = it can.</summary>
    public string? Failure { get; init; }
}

/// <summary>Input of PublishImages; also of RemoveImageRequestTags.</summary>
public sealed record ImageChunkInput(InstanceId InstanceId, string Run, int Chunk);

/// <summary>Input of AnalyzeImages.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Run">Its run.</param>
/// <param name="Chunk">The chunk.</param>
/// <param name="GiveUpMedia">Whether media that cannot be read now is given up instead of tried again later.</param>
public sealed record AnalyzeImagesInput(InstanceId InstanceId, string Run, int Chunk, bool GiveUpMedia);

/// <summary>Output of AnalyzeImages.</summary>
public sealed record AnalyzeImagesOutput
{
    /// <summary>Images that need no further question in this run.</summary>
    public int Done { get; init; }

    /// <summary>Pictures answered in this call.</summary>
    public int Answered { get; init; }

    /// <summary>Pictures of which an answer, or that there was none, was recorded in this call.</summary>
    public int Recorded { get; init; }

    /// <summary>Images not finished.</summary>
    public int Remaining { get; init; }

    /// <summary>Whether it ended because the instance was held or ended.</summary>
    public bool Stopped { get; init; }

    /// <summary>Images of these whose media could not be read now.</summary>
    public int MediaAway { get; init; }

    /// <summary>Requests made.</summary>
    public double Requests { get; init; }

    /// <summary>Why images remain; null when none do.</summary>
    public string? Reason { get; init; }

    /// <summary>Not null = endpoints are away: ask again after this.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>Output of PublishImages and FailImages.</summary>
public sealed record PublishImagesOutput
{
    /// <summary>The instance was suspended: ask again when it goes on.</summary>
    public bool Held { get; init; }

    /// <summary>Images tagged, or found to be as they should.</summary>
    public int Done { get; init; }

    /// <summary>Images that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Images that needed nothing.</summary>
    public int Skipped { get; init; }
}

/// <summary>Input of FailImages.</summary>
public sealed record FailImagesInput(InstanceId InstanceId, string Run, int Chunk, string Reason);

/// <summary>One image that did not end well.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Reason">Why.</param>
public sealed record ImageFailure(ImageId ImageId, string Reason);

/// <summary>Output of <see cref="TagImagesOrchestrator"/>.</summary>
public sealed record TagImagesOutput
{
    /// <summary>Images tagged, or found to be as they should.</summary>
    public int Done { get; init; }

    /// <summary>Images that failed.</summary>
    public int Failed { get; init; }

    /// <summary>Images that needed nothing: gone, or no longer requested.</summary>
    public int Skipped { get; init; }

    /// <summary>Requests to the model in this run.</summary>
    public double Requests { get; init; }

    /// <summary>Writes to Stash: added and removed tags.</summary>
    public int Writes { get; init; }

    /// <summary>The reasons, the first ones.</summary>
    public IReadOnlyList<ImageFailure> Failures { get; init; } = [];

    /// <summary>What dry runs would write, the first lines.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];
}
