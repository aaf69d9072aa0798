using System.Text.Json.Serialization;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>
/// What one round asks. Kept as a write-once artifact (JSON by <see cref="HavenJson"/>) and worked on in chunks, each of frames that
/// lack the same tags, so that one request can carry several of them.
/// </summary>
internal sealed record RoundPlan
{
    private IReadOnlyList<PlanSlice>? _slices;

    /// <summary>Number of the round, from 0.</summary>
    public required int Round { get; init; }

    /// <summary>Frames in a chunk, 1 or more.</summary>
    public required int ChunkFrames { get; init; }

    /// <summary>How far a frame may lie from its planned time, either way, and how far an answer may that serves it.</summary>
    public required TimeSpan Tolerance { get; init; }

    /// <summary>Wanted times by the tags that they lack.</summary>
    public required IReadOnlyList<WantedGroup> Groups { get; init; }

    /// <summary>Stretches in which picture changes should be looked for while decoding; empty = none are of use.</summary>
    public IReadOnlyList<PlannedScan> Scan { get; init; } = [];

    /// <summary>Planned times of the scene that need nothing more in this run.</summary>
    public int Done { get; init; }

    /// <summary>All times of the scene that are planned so far, in order; not part of the artifact.</summary>
    [JsonIgnore]
    public IReadOnlyList<TimeSpan> PlannedTimes { get; init; } = [];

    /// <summary>Frames that the round asks.</summary>
    [JsonIgnore]
    public int FrameCount => Groups.Sum(group => group.Times.Count);

    /// <summary>Chunks that it is worked on in.</summary>
    [JsonIgnore]
    public int ChunkCount => Slices.Count;

    private IReadOnlyList<PlanSlice> Slices => _slices ??= PlanSlice.Of(Groups, ChunkFrames);

    /// <summary>A chunk's frames in the order of time, and where to look for picture changes on the way.</summary>
    public PlanChunk Chunk(int index)
    {
        var slice = Slices[index];
        var group = Groups[slice.Group];
        IReadOnlyList<WantedFrame> frames =
        [
            .. group.Times.Skip(slice.First).Take(slice.Count).Select(time => new WantedFrame(time, group.Tags)),
        ];

        // The stretches are shared out among the chunks of the first group, the largest one, by the times at which these begin.
        if (Scan.Count == 0 || slice.Group != 0)
        {
            return new PlanChunk(frames, []);
        }

        var next = index + 1 < Slices.Count && Slices[index + 1].Group == 0 ? group.Times[Slices[index + 1].First] : TimeSpan.MaxValue;
        var window = new TimeRange(slice.First == 0 ? TimeSpan.Zero : frames[0].Time, next);
        return new PlanChunk(frames, TimeRanges.Within(window, Scan.Select(scan => new TimeRange(scan.From, scan.To))));
    }
}

/// <summary>Times that lack the same tags, in order.</summary>
internal sealed record WantedGroup(IReadOnlyList<string> Tags, IReadOnlyList<TimeSpan> Times);

/// <summary>A stretch to look through for picture changes.</summary>
internal sealed record PlannedScan(TimeSpan From, TimeSpan To);

/// <summary>A part of a plan for one activity.</summary>
/// <param name="Frames">Frames in the order of time; all lack the same tags.</param>
/// <param name="Scan">Stretches to look through for picture changes; record what was found even if it is nothing.</param>
internal sealed record PlanChunk(IReadOnlyList<WantedFrame> Frames, IReadOnlyList<TimeRange> Scan);

/// <summary>Where a chunk lies in its group.</summary>
internal readonly record struct PlanSlice(int Group, int First, int Count)
{
    public static IReadOnlyList<PlanSlice> Of(IReadOnlyList<WantedGroup> groups, int size)
    {
        var slices = new List<PlanSlice>();
        for (var group = 0; group < groups.Count; group++)
        {
            for (var first = 0; first < groups[group].Times.Count; first += size)
            {
                slices.Add(new PlanSlice(group, first, Math.Min(size, groups[group].Times.Count - first)));
            }
        }

        return slices;
    }
}
