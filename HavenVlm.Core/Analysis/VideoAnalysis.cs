using System.Globalization;
using HavenVlm.Core.Analysis.Learning;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Framing;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Analysis;

/// <summary>
/// Analyzes one video file without Stash and without an orchestration: the same snapshot, rounds, log and marker arithmetic. Interrupted
/// and started again, it asks only for what the log lacks.
/// </summary>
internal sealed class VideoAnalysis(
    SnapshotBuilder snapshots,
    MediaGateway gateway,
    AnalysisLogs logs,
    ChunkAnalysis chunks,
    FrameExtractor extractor,
    LearningStore learning,
    SettingsSource settings,
    TimeProvider time
)
{
    // While one chunk's last answers are out, the next one is being asked, and the decoders of further ones are running already.
    private const int ChunksInFlight = 4;

    /// <summary>Analyzes a file.</summary>
    /// <param name="path">The video.</param>
    /// <param name="interval">Time between looks; null = as configured.</param>
    /// <param name="withPictures">Whether a report will show pictures of the markers.</param>
    /// <param name="progress">Told about every step.</param>
    /// <param name="cancellationToken">Stops; what was answered until then is kept.</param>
    /// <exception cref="PermanentFailureException">The file cannot be analyzed, too much stayed unanswered, or <c>vlm.giveUpAfter</c> is over.</exception>
    public async Task<FinishedAnalysis> RunAsync(
        string path,
        TimeSpan? interval,
        bool withPictures,
        IProgress<ProgressStatus> progress,
        CancellationToken cancellationToken
    )
    {
        var begun = time.GetTimestamp();
        var options = interval is { } wish
            ? settings.Current with
            {
                Video = settings.Current.Video with { FrameInterval = wish },
            }
            : settings.Current;
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new PermanentFailureException(
                Directory.Exists(file.FullName)
                    ? $"{file.FullName} is a folder; name a video file in it."
                    : $"File not found: {file.FullName}."
            );
        }

        progress.Report(new ProgressStatus { Stage = ProgressStage.Preparing, Message = "Probing the video" });
        var subject = new VideoSubject(
            default,
            file.Name,
            time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd't'HHmmssfff", CultureInfo.InvariantCulture),
            new MediaFile("", file.FullName, file.Length),
            await FileFingerprint.OfAsync(file.FullName, cancellationToken),
            new VrHints(HasVrTag: false, file.Name)
        );
        await using var input = await gateway.OpenAsync(new MediaLocation.LocalFile(file.FullName), cancellationToken);
        var snapshot = await snapshots.BuildAsync(options, subject, input, cancellationToken);
        snapshot = snapshot with
        {
            Key = await logs.LatestGenerationAsync(snapshot.Key, cancellationToken),
            Learned = await learning.ReadAsync(snapshot.LearningKey, cancellationToken),
        };
        await using var log = await logs.OpenAsync(snapshot.Key, cancellationToken);
        var meter = new AnalysisMeter(progress, time);
        var pictures = withPictures ? new ReportPictures(extractor) : null;
        try
        {
            await AskAsync(options, snapshot, input, log, meter, pictures, cancellationToken);
        }
        finally
        {
            await log.FlushAsync(CancellationToken.None);
        }

        return await FinishAsync(snapshot, input, log, begun, meter.Rounds, pictures, cancellationToken);
    }

    private async Task AskAsync(
        HavenOptions options,
        SceneSnapshot snapshot,
        MediaInput input,
        AnalysisLog log,
        AnalysisMeter meter,
        ReportPictures? pictures,
        CancellationToken cancellationToken
    )
    {
        var lastAnswer = time.GetTimestamp();
        for (var round = 0; ; round++)
        {
            var plan = SamplingRounds.Plan(round, snapshot.SamplingOf(log));
            if (plan.FrameCount == 0)
            {
                return;
            }

            meter.Begin(plan);
            var results = await AskRoundAsync(plan, snapshot, input, log, meter, pictures, cancellationToken);
            await log.FlushAsync(cancellationToken);
            lastAnswer = results.Any(r => r.Answered > 0) ? time.GetTimestamp() : lastAnswer;
            if (results.FirstOrDefault(r => r.RetryAfter is not null) is { } outage)
            {
                await WaitAsync(options, outage, lastAnswer, meter, cancellationToken);
            }
        }
    }

    private async Task<IReadOnlyList<ChunkResult>> AskRoundAsync(
        RoundPlan plan,
        SceneSnapshot snapshot,
        MediaInput input,
        AnalysisLog log,
        AnalysisMeter meter,
        ReportPictures? pictures,
        CancellationToken cancellationToken
    )
    {
        var results = new ChunkResult[plan.ChunkCount];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, plan.ChunkCount),
            new ParallelOptions { MaxDegreeOfParallelism = ChunksInFlight, CancellationToken = cancellationToken },
            async (index, token) =>
            {
                var chunk = plan.Chunk(index);
                var work = new ChunkWork
                {
                    Snapshot = snapshot,
                    Frames = chunk.Frames,
                    Planned = [.. chunk.Frames.Select(f => f.Time)],
                    Number = index,
                    Scan = chunk.Scan,
                    Tolerance = plan.Tolerance,
                    Deadline = StepDeadline.Never,
                    Stop = token,
                    FrameDone = meter.FrameDone,
                    FrameTaken = pictures is null ? static _ => { } : pictures.Keep,
                };
                results[index] = await chunks.RunAsync(work, input, log, token);
            }
        );
        return results;
    }

    private async Task WaitAsync(
        HavenOptions options,
        ChunkResult outage,
        long lastAnswer,
        AnalysisMeter meter,
        CancellationToken cancellationToken
    )
    {
        var limit = options.Vlm.GiveUpAfter;
        var wait =
            EndpointWait.Within(outage.RetryAfter!.Value, time.GetElapsedTime(lastAnswer), limit)
            ?? throw new PermanentFailureException(EndpointWait.GivenUp(limit, lastAnswer: null, outage.Reason));
        meter.Waiting(outage.Reason ?? "");
        await Task.Delay(wait, time, cancellationToken);
    }

    private async Task<FinishedAnalysis> FinishAsync(
        SceneSnapshot snapshot,
        MediaInput input,
        AnalysisLog log,
        long begun,
        IReadOnlyList<int> rounds,
        ReportPictures? pictures,
        CancellationToken cancellationToken
    )
    {
        var answers = SamplingRounds.Answers(snapshot.SamplingOf(log));
        if (answers.UnansweredShare > snapshot.MaxUnanswered)
        {
            throw new PermanentFailureException(UnansweredFrames.TooMany(snapshot, answers));
        }

        if (SceneSmoothing.Find(snapshot, answers) is { } found)
        {
            snapshot = snapshot with { Smoothing = found.Parameters };
            await learning.AddAsync(snapshot.LearningKey, snapshot.Key.Fingerprint, snapshot.Run, found.Counted, cancellationToken);
        }

        var result = AnalysisResult.Of(snapshot, answers, withAnswers: true);
        var shown = pictures is null
            ? new Dictionary<TimeSpan, ReadOnlyMemory<byte>>()
            : await pictures.OfAsync(result.Markers, snapshot, input, cancellationToken);
        await log.SealAsync(cancellationToken);
        return new FinishedAnalysis(result, snapshot, answers, shown, time.GetElapsedTime(begun), input.IsRemote) { Rounds = rounds };
    }
}
