using HavenVlm.Core.Common;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Framing;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Vlm.Pool;
using HavenVlm.Core.Vlm.Prompting;

namespace HavenVlm.Core.Analysis;

/// <summary>What to look at.</summary>
internal sealed record ChunkWork
{
    public required SceneSnapshot Snapshot { get; init; }

    /// <summary>Times and the tags lacking at each, ascending.</summary>
    public required IReadOnlyList<WantedFrame> Frames { get; init; }

    /// <summary>All times of the chunk, also those that an earlier attempt got answers for.</summary>
    public required IReadOnlyList<TimeSpan> Planned { get; init; }

    /// <summary>Number of the chunk within its round: earlier ones are asked first.</summary>
    public required int Number { get; init; }

    /// <summary>Stretches to look through for picture changes.</summary>
    public IReadOnlyList<TimeRange> Scan { get; init; } = [];

    /// <summary>How far a frame may lie from its planned time.</summary>
    public required TimeSpan Tolerance { get; init; }

    /// <summary>From then on nothing new is asked; what is out is waited for.</summary>
    public required StepDeadline Deadline { get; init; }

    /// <summary>Cancelled when nothing new may be asked: the instance was held, ended, or this process ends.</summary>
    public required CancellationToken Stop { get; init; }

    /// <summary>Called for every frame that needs nothing more.</summary>
    public Action FrameDone { get; init; } = () => { };

    /// <summary>Called for every frame that was decoded.</summary>
    public Action<VideoFrame> FrameTaken { get; init; } = _ => { };
}

/// <summary>What became of a chunk.</summary>
internal sealed record ChunkResult
{
    public int Answered { get; init; }
    public int Reused { get; init; }
    public int Unanswered { get; init; }
    public int Remaining { get; init; }
    public double Requests { get; init; }

    /// <summary>Why frames remain; null when none do.</summary>
    public string? Reason { get; init; }

    /// <summary>Not null = no endpoint can take requests; ask again after this.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>
/// Looks at a chunk of frames: decoding, asking and recording overlap. Frames in memory are bounded by what the pool can use soon;
/// ffmpeg waits in its pipe meanwhile. Every answer goes to the log as it arrives.
/// </summary>
internal sealed class ChunkAnalysis(
    FrameExtractor extractor,
    ChangeDetector changes,
    PictureAsker asker,
    EndpointPool pool,
    TimeProvider time
)
{
    private readonly FrameWindow _window = new(() => pool.PicturesWorthPreparing, time);

    public async Task<ChunkResult> RunAsync(ChunkWork work, MediaInput input, AnalysisLog log, CancellationToken cancellationToken)
    {
        await using var run = new ChunkRun(work, asker, _window, log, cancellationToken);
        var snapshot = work.Snapshot;
        var times = new FrameTimes(work.Planned, [.. work.Frames.Select(f => f.Time)]);
        // A nested token, so that leaving the loop early ends ffmpeg at once.
        using var decoding = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var index = 0;
        await foreach (var frame in extractor.ExtractAsync(input, snapshot.Facts, snapshot.Picture, times, work.Tolerance, decoding.Token))
        {
            work.FrameTaken(frame);
            if (!await run.OfferAsync(frame, work.Frames[index++].Tags))
            {
                break;
            }
        }

        await decoding.CancelAsync();
        // The last answers are still on their way while the picture changes are looked for.
        await ScanAsync(work, input, log, cancellationToken);
        return await run.FinishAsync();
    }

    private async Task ScanAsync(ChunkWork work, MediaInput input, AnalysisLog log, CancellationToken cancellationToken)
    {
        foreach (var range in work.Scan)
        {
            if (work.Stop.IsCancellationRequested || work.Deadline.IsReached)
            {
                return;
            }

            var found = await changes.ScanAsync(input, work.Snapshot.Facts, range.Start, range.End, cancellationToken);
            await log.AppendChangesAsync(range.Start, range.End, found, CancellationToken.None);
        }
    }
}
