using HavenVlm.Core.Common;

namespace HavenVlm.Core.Workflows.Collecting;

/// <summary>Starts <see cref="CollectIncorrectOrchestrator"/>; what is wanted is an artifact of the instance.</summary>
/// <param name="State">Where it is; set only by continue-as-new.</param>
public sealed record CollectInput(CollectState? State = null);

/// <summary>What survives continue-as-new.</summary>
/// <param name="Total">Scenes and images in all.</param>
/// <param name="Exported">Of these the ones whose export is on disk.</param>
/// <param name="Released">Of these the ones that are settled in Stash.</param>
/// <param name="Output">What was done so far; null = the manifest is not written.</param>
public sealed record CollectState(int Total, int Exported, int Released, CollectOutput? Output);

/// <summary>Input of ListIncorrect and WriteManifest: the instance's own id names its artifacts.</summary>
public sealed record CollectStepInput(InstanceId InstanceId);

/// <summary>Input of ExportIncorrect and ReleaseIncorrect.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="From">Position of the first scene or image.</param>
public sealed record CollectChunkInput(InstanceId InstanceId, int From);

/// <summary>Output of ReleaseIncorrect.</summary>
/// <param name="Next">Position of the next one.</param>
/// <param name="Untagged">Markers and images that lost the mark.</param>
/// <param name="Deleted">Markers deleted.</param>
/// <param name="Left">Why something stays marked, the first reasons.</param>
public sealed record CollectReleased(int Next, int Untagged, int Deleted, IReadOnlyList<string> Left);

/// <summary>Output of <see cref="CollectIncorrectOrchestrator"/>.</summary>
public sealed record CollectOutput
{
    private const int ReasonsKept = 20;

    /// <summary>The folder of the export; empty = nothing was marked.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Markers exported that were marked as wrong.</summary>
    public int Markers { get; init; }

    /// <summary>Images exported that were marked as wrong.</summary>
    public int Images { get; init; }

    /// <summary>Markers and images exported that are right.</summary>
    public int Right { get; init; }

    /// <summary>Examples for fine-tuning.</summary>
    public int Examples { get; init; }

    /// <summary>Markers and images that lost the mark.</summary>
    public int Untagged { get; init; }

    /// <summary>Markers of ours that were deleted.</summary>
    public int Deleted { get; init; }

    /// <summary>Markers and images that stay marked because their pictures could not be exported.</summary>
    public int WithoutPictures { get; init; }

    /// <summary>Why something stays marked, the first reasons.</summary>
    public IReadOnlyList<string> Left { get; init; } = [];

    internal CollectOutput Plus(CollectReleased more) =>
        this with
        {
            Untagged = Untagged + more.Untagged,
            Deleted = Deleted + more.Deleted,
            Left = [.. Left.Concat(more.Left).Take(ReasonsKept)],
        };
}
