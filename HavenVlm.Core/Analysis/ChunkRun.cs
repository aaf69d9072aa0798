using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Prompting;

namespace HavenVlm.Core.Analysis;

/// <summary>One run over a chunk: which frames are out, which wait for a look-alike, and what came of them.</summary>
internal sealed class ChunkRun : IAsyncDisposable
{
    private readonly ChunkWork _work;
    private readonly PictureAsker _asker;
    private readonly AnalysisLog _log;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenSource _outage = new();
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _mayWait;
    private readonly FrameWindow _window;
    private readonly List<Task> _out = [];
    private readonly Lock _gate = new();
    private readonly Dictionary<IReadOnlyList<string>, Vocabulary> _vocabularies = new(ReferenceEqualityComparer.Instance);
    private PictureBatch? _batch;
    private StillAnchor? _anchor;
    private ChunkResult _result = new();

    public ChunkRun(ChunkWork work, PictureAsker asker, FrameWindow window, AnalysisLog log, CancellationToken cancellationToken)
    {
        _work = work;
        _asker = asker;
        _log = log;
        _cancellationToken = cancellationToken;
        _deadline = work.Deadline.ToCancellation();
        _mayWait = CancellationTokenSource.CreateLinkedTokenSource(work.Stop, _outage.Token, _deadline.Token, cancellationToken);
        _window = window;
    }

    /// <summary>Takes a frame; false = no further one is wanted.</summary>
    public async Task<bool> OfferAsync(VideoFrame frame, IReadOnlyList<string> tags)
    {
        if (frame.Jpeg.IsEmpty)
        {
            await RecordAsync(
                frame,
                tags,
                new PictureAnswer { Reason = frame.Reason ?? "nothing could be decoded here" },
                reusedFrom: null
            );
            return CanContinue();
        }

        if (_work.Snapshot.ReuseStill && _anchor is { } anchor && anchor.Serves(frame, tags))
        {
            Track(ReuseAsync(frame, tags, anchor));
            return CanContinue();
        }

        if (_batch is not null && !_batch.Fits(tags))
        {
            await SendBatchAsync();
        }

        _batch ??= new PictureBatch(tags);
        var answer = _batch.Add(frame);
        _anchor = frame.Signature is { } signature ? new StillAnchor(signature, tags, frame.Time, answer) : null;
        if (_batch.Count >= _work.Snapshot.FramesPerRequest)
        {
            await SendBatchAsync();
        }

        return CanContinue();
    }

    /// <summary>Waits for everything that is out.</summary>
    public async Task<ChunkResult> FinishAsync()
    {
        if (_batch is not null && CanContinue())
        {
            await SendBatchAsync();
        }

        _batch?.Abandon();
        Task[] pending;
        lock (_gate)
        {
            pending = [.. _out];
        }

        await Task.WhenAll(pending);
        _cancellationToken.ThrowIfCancellationRequested();
        var remaining = _work.Frames.Count - _result.Answered - _result.Reused - _result.Unanswered;
        return _result with { Remaining = remaining, Reason = remaining == 0 ? null : _result.Reason ?? "the time of this step was up" };
    }

    public async ValueTask DisposeAsync()
    {
        _batch?.Abandon();
        // After a failure the requests that are out still hold the log: they are waited for, their own failures are known.
        await Task.WhenAll(_out).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _mayWait.Dispose();
        _outage.Dispose();
        _deadline.Dispose();
    }

    private bool CanContinue() => !_mayWait.IsCancellationRequested && !_work.Deadline.IsReached;

    private async Task SendBatchAsync()
    {
        var batch = _batch!;
        _batch = null;
        if (await RoomAsync(batch) is { } room)
        {
            Track(AskAsync(batch, room));
        }
        else
        {
            batch.Abandon();
        }
    }

    // Null = nothing more may be asked.
    private async Task<IDisposable?> RoomAsync(PictureBatch batch)
    {
        var place = new WindowPlace($"{_work.Snapshot.SceneId} {_work.Snapshot.Key.Fingerprint} {_work.Snapshot.Run}", _work.Number);
        try
        {
            return await _window.TakeAsync(place, batch.Count, batch.Frames.Sum(frame => (long)frame.Jpeg.Length), _mayWait.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void Track(Task task)
    {
        lock (_gate)
        {
            _out.RemoveAll(t => t.IsCompletedSuccessfully);
            _out.Add(task);
        }
    }

    private async Task AskAsync(PictureBatch batch, IDisposable room)
    {
        using var held = room;
        try
        {
            var question = _work.Snapshot.Question;
            var asked = question with { Tags = [.. question.Tags.Where(t => batch.Tags.Contains(t.Name, StringComparer.Ordinal))] };
            var answers = await _asker.AskAsync(asked, batch.Pictures, _cancellationToken);
            for (var i = 0; i < answers.Count; i++)
            {
                await RecordAsync(batch.Frames[i], batch.Tags, answers[i], reusedFrom: null);
                batch.Resolve(i, answers[i]);
            }
        }
        catch (EndpointsUnavailableException e)
        {
            await ReportOutageAsync(e);
        }
        finally
        {
            batch.Abandon();
        }
    }

    private async Task ReuseAsync(VideoFrame frame, IReadOnlyList<string> tags, StillAnchor anchor)
    {
        if (await anchor.Answer is { Tags: not null } answer)
        {
            await RecordAsync(frame, tags, answer with { Requests = 0, Elapsed = TimeSpan.Zero, Tokens = null }, anchor.Time);
            return;
        }

        // The look-alike got no answer, which says nothing about this frame.
        if (!CanContinue())
        {
            return;
        }

        var batch = new PictureBatch(tags);
        _ = batch.Add(frame);
        if (await RoomAsync(batch) is { } room)
        {
            await AskAsync(batch, room);
        }
    }

    private async Task ReportOutageAsync(EndpointsUnavailableException e)
    {
        lock (_gate)
        {
            _result = _result with { Reason = e.Message, RetryAfter = e.RetryAfter };
        }

        await _outage.CancelAsync();
    }

    private Vocabulary VocabularyOf(IReadOnlyList<string> tags)
    {
        lock (_gate)
        {
            if (!_vocabularies.TryGetValue(tags, out var vocabulary))
            {
                vocabulary = WantedTag.VocabularyOf(_work.Snapshot.Wanted.Where(t => tags.Contains(t.Name, StringComparer.Ordinal)));
                _vocabularies.Add(tags, vocabulary);
            }

            return vocabulary;
        }
    }

    private async Task RecordAsync(VideoFrame frame, IReadOnlyList<string> tags, PictureAnswer answer, TimeSpan? reusedFrom)
    {
        await _log.AppendAsync(
            new FrameRecord
            {
                Planned = frame.Planned,
                Time = frame.Time,
                Vocabulary = VocabularyOf(tags),
                Answer = answer,
                ReusedFrom = reusedFrom,
                Run = _work.Snapshot.Run,
            },
            CancellationToken.None
        );
        lock (_gate)
        {
            _result = _result with
            {
                Answered = _result.Answered + (answer.Tags is not null && reusedFrom is null ? 1 : 0),
                Reused = _result.Reused + (answer.Tags is not null && reusedFrom is not null ? 1 : 0),
                Unanswered = _result.Unanswered + (answer.Tags is null ? 1 : 0),
                Requests = _result.Requests + answer.Requests,
            };
        }

        _work.FrameDone();
    }
}
