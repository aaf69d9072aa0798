using HavenVlm.Core.Common;

namespace HavenVlm.Core.Workflows.Undoing;

/// <summary>Starts <see cref="UndoOrchestrator"/>.</summary>
/// <param name="All">Whether everything is undone, and the tags made for it are removed.</param>
/// <param name="DryRun">Whether nothing is changed.</param>
/// <param name="State">Where it is; set only by continue-as-new.</param>
public sealed record UndoInput(bool All, bool DryRun, UndoState? State = null);

/// <summary>What survives continue-as-new.</summary>
/// <param name="Total">Scenes and images in all.</param>
/// <param name="Next">Position of the next one.</param>
/// <param name="Output">What was done so far.</param>
public sealed record UndoState(int Total, int Next, UndoOutput Output);

/// <summary>Input of SnapshotUndo: the instance's own id names its artifacts.</summary>
public sealed record SnapshotUndoInput(InstanceId InstanceId);

/// <summary>Input of UndoSubjects.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="From">Position of the first one to undo.</param>
public sealed record UndoSubjectsInput(InstanceId InstanceId, int From);

/// <summary>Output of UndoSubjects.</summary>
/// <param name="Next">Position of the next one.</param>
/// <param name="Output">What was done.</param>
public sealed record UndoProgress(int Next, UndoOutput Output);

/// <summary>Input of RemoveCreatedTags.</summary>
public sealed record RemoveCreatedTagsInput(bool DryRun);

/// <summary>Output of RemoveCreatedTags.</summary>
/// <param name="Removed">Names of the tags that were removed, the first ones.</param>
/// <param name="Kept">Names of tags that we made and that stay, because something uses them or somebody changed them; the first ones.</param>
public sealed record CreatedTagsOutput(IReadOnlyList<string> Removed, IReadOnlyList<string> Kept);

/// <summary>A scene or image that could not be undone.</summary>
/// <param name="Subject">Which, such as <c>scene 12</c>.</param>
/// <param name="Reason">Why.</param>
public sealed record UndoFailure(string Subject, string Reason);

/// <summary>Output of <see cref="UndoOrchestrator"/>.</summary>
public sealed record UndoOutput
{
    private const int ChangesKept = 60;
    private const int FailuresKept = 20;

    /// <summary>Scenes and images from which something was (or with a dry run would be) removed.</summary>
    public int Done { get; init; }

    /// <summary>Scenes and images that could not be undone.</summary>
    public int Failed { get; init; }

    /// <summary>Scenes and images on which there was nothing of ours.</summary>
    public int Skipped { get; init; }

    /// <summary>Markers removed.</summary>
    public int Markers { get; init; }

    /// <summary>Tags taken off scenes and images, state tags included.</summary>
    public int Tags { get; init; }

    /// <summary>Tags removed from Stash because nothing uses them any more.</summary>
    public IReadOnlyList<string> RemovedTags { get; init; } = [];

    /// <summary>Tags that we made and that stay, because something uses them or somebody changed them.</summary>
    public IReadOnlyList<string> KeptTags { get; init; } = [];

    /// <summary>The reasons, the first ones.</summary>
    public IReadOnlyList<UndoFailure> Failures { get; init; } = [];

    /// <summary>What a dry run would remove, the first lines.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>What was written once and stays in Stash, markers and tags.</summary>
    public int Left { get; init; }

    /// <summary>What stays and why, the first lines.</summary>
    public IReadOnlyList<string> LeftLines { get; init; } = [];

    internal UndoOutput Plus(UndoOutput more) =>
        this with
        {
            Done = Done + more.Done,
            Failed = Failed + more.Failed,
            Skipped = Skipped + more.Skipped,
            Markers = Markers + more.Markers,
            Tags = Tags + more.Tags,
            Failures = [.. Failures.Concat(more.Failures).Take(FailuresKept)],
            Changes = [.. Changes.Concat(more.Changes).Take(ChangesKept)],
            Left = Left + more.Left,
            LeftLines = [.. LeftLines.Concat(more.LeftLines).Take(ChangesKept)],
        };
}
