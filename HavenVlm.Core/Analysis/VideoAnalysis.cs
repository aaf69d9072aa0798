using System.Globalization;
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
public sealed class VideoAnalysis
{
    private const int ChunksInFlight = 2;
    private readonly SnapshotBuilder _snapshots;
    private readonly MediaGateway _gateway;
    private readonly AnalysisLogs _logs;
    private readonly ChunkAnalysis _chunks;
    private readonly FrameExtractor _extractor;
    private readonly SettingsSource _settings;
    private readonly TimeProvider _time;

    internal VideoAnalysis(
        SnapshotBuilder snapshots,
        MediaGateway gateway,
        AnalysisLogs logs,
        ChunkAnalysis chunks,
        FrameExtractor extractor,
        SettingsSource settings,
        TimeProvider time
    )
    {
        _snapshots = snapshots;
        _gateway = gateway;
        _logs = logs;
        _chunks = chunks;
        _extractor = extractor;
        _settings = settings;
        _time = time;
    }

    /// <summary>Analyzes a file.</summary>
    /// <param name="path">The video.</param>
    /// <param name="interval">Time between looks; null = as configured.</param>
    /// <param name="progress">Told about every step.</param>
    /// <param name="cancellationToken">Stops; what was answered until then is kept.</param>
    /// <exception cref="PermanentFailureException">The file cannot be analyzed, too much stayed unanswered, or <c>vlm.giveUpAfter</c> is over.</exception>
    public async Task<FinishedAnalysis> RunAsync(
        string path,
        TimeSpan? interval,
        IProgress<ProgressStatus> progress,
        CancellationToken cancellationToken
    )
    {
        var begun = _time.GetTimestamp();
        var options = interval is { } wish
            ? _settings.Current with
            {
                Video = _settings.Current.Video with { FrameInterval = wish },
            }
            : _settings.Current;
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new PermanentFailureException(
                Directory.Exists(file.FullName)
                    ? $"{file.FullName} is a folder; name a video file in it."
                    : $"There is no file {file.FullName}."
            );
        }

        progress.Report(new ProgressStatus { Stage = "preparing", Message = "Probing the video" });
        var subject = new VideoSubject(
            "",
            file.Name,
            _time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd't'HHmmssfff", CultureInfo.InvariantCulture),
            new MediaFile("", file.FullName, file.Length),
            await FileFingerprint.OfAsync(file.FullName, cancellationToken),
            new VrHints(HasVrTag: false, file.Name)
        );
        await using var input = await _gateway.OpenAsync(new MediaLocation.LocalFile(file.FullName), cancellationToken);
        var snapshot = await _snapshots.BuildAsync(options, subject, input, cancellationToken);
        snapshot = snapshot with { Key = await _logs.LatestGenerationAsync(snapshot.Key, cancellationToken) };
        await using var log = await _logs.OpenAsync(snapshot.Key, cancellationToken);
        var meter = new AnalysisMeter(progress, _time);
        try
        {
            await AskAsync(options, snapshot, input, log, meter, cancellationToken);
        }
        finally
        {
            await log.FlushAsync(CancellationToken.None);
        }

        return await FinishAsync(snapshot, input, log, begun, meter.Rounds, cancellationToken);
    }

    private async Task AskAsync(
        HavenOptions options,
        SceneSnapshot snapshot,
        MediaInput input,
        AnalysisLog log,
        AnalysisMeter meter,
        CancellationToken cancellationToken
    )
    {
        var lastAnswer = _time.GetUtcNow();
        for (var round = 0; ; round++)
        {
            var plan = SamplingRounds.Plan(round, snapshot.SamplingOf(log));
            if (plan.FrameCount == 0)
            {
                return;
            }

            meter.Begin(plan);
            var results = new List<ChunkResult>();
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
                        Scan = chunk.Scan,
                        Tolerance = plan.Tolerance,
                        Deadline = DateTimeOffset.MaxValue,
                        Stop = token,
                        FrameDone = meter.FrameDone,
                    };
                    var result = await _chunks.RunAsync(work, input, log, token);
                    lock (results)
                    {
                        results.Add(result);
                    }
                }
            );
            await log.FlushAsync(cancellationToken);
            lastAnswer = results.Any(r => r.Answered > 0) ? _time.GetUtcNow() : lastAnswer;
            await WaitAsync(options, results, lastAnswer, meter, cancellationToken);
        }
    }

    private async Task WaitAsync(
        HavenOptions options,
        List<ChunkResult> results,
        DateTimeOffset lastAnswer,
        AnalysisMeter meter,
        CancellationToken cancellationToken
    )
    {
        if (results.Find(r => r.RetryAfter is not null) is not { RetryAfter: { } wait } outage)
        {
            return;
        }

        if (options.Vlm.GiveUpAfter is { } limit && _time.GetUtcNow() - lastAnswer >= limit)
        {
            throw new PermanentFailureException($"No endpoint answered for {limit} (vlm.giveUpAfter). {outage.Reason}");
        }

        meter.Waiting(outage.Reason ?? "");
        await Task.Delay(wait, _time, cancellationToken);
    }

    private async Task<FinishedAnalysis> FinishAsync(
        SceneSnapshot snapshot,
        MediaInput input,
        AnalysisLog log,
        long begun,
        IReadOnlyList<int> rounds,
        CancellationToken cancellationToken
    )
    {
        var answers = SamplingRounds.Answers(snapshot.SamplingOf(log));
        if (answers.UnansweredShare > snapshot.MaxUnanswered)
        {
            throw new PermanentFailureException(UnansweredFrames.TooMany(snapshot, answers));
        }

        var result = AnalysisResult.Of(snapshot, answers, withAnswers: true);
        var pictures = new Dictionary<TimeSpan, ReadOnlyMemory<byte>>();
        foreach (var time in result.Markers.Select(m => m.Start + ((m.End - m.Start) / 2)).Distinct())
        {
            var frame = await _extractor.ExtractOneAsync(input, snapshot.Facts, snapshot.Picture, time, cancellationToken);
            if (!frame.Jpeg.IsEmpty)
            {
                pictures[time] = frame.Jpeg;
            }
        }

        await log.SealAsync(cancellationToken);
        return new FinishedAnalysis(result, snapshot, answers, pictures, _time.GetElapsedTime(begun), input.IsRemote) { Rounds = rounds };
    }
}
