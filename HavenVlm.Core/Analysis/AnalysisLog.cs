using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Common;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Analysis;

/// <summary>
/// One video's answers from one model to one question. Everybody who has the same log open shares its memory and its writer.
/// Safe for concurrent use.
/// </summary>
internal sealed class AnalysisLog : IAsyncDisposable
{
    private readonly AnalysisLogs _owner;
    private readonly SharedLog _log;
    private int _disposed;

    internal AnalysisLog(AnalysisLogs owner, SharedLog log)
    {
        _owner = owner;
        _log = log;
    }

    /// <summary>What it is about.</summary>
    public AnalysisKey Key => _log.Key;

    /// <summary>All records so far in the order of their lines; costs nothing and does not change.</summary>
    public IReadOnlyList<FrameRecord> Records => _log.Contents.Records;

    /// <summary>All picture changes found so far in the order of time.</summary>
    public IReadOnlyList<PictureChange> Changes => _log.Contents.Changes;

    /// <summary>Stretches in which picture changes were looked for, joined, in the order of time.</summary>
    public IReadOnlyList<TimeRange> ScannedRanges => _log.Contents.Scanned;

    /// <summary>Lines that were damaged and skipped.</summary>
    public int UnreadableLines => _log.Contents.UnreadableLines;

    /// <summary>
    /// Adds a record, which is seen at once and written at most a second later. Times are kept in milliseconds, confidences in
    /// ten-thousandths, tags that are not in the record's vocabulary not at all.
    /// </summary>
    public Task AppendAsync(FrameRecord record, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _log.AppendAsync(record, cancellationToken);
    }

    /// <summary>Adds the picture changes of a stretch that was looked through completely.</summary>
    public Task AppendChangesAsync(TimeSpan from, TimeSpan to, IReadOnlyList<PictureChange> changes, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _log.AppendChangesAsync(from, to, changes, cancellationToken);
    }

    /// <summary>Records that count for one image of a log that many share, in the order of their lines.</summary>
    public IReadOnlyList<FrameRecord> RecordsOf(string image)
    {
        var from = _log.Contents.ForgottenOf(image).Records;
        return [.. _log.Contents.Records.Skip(from).Where(record => string.Equals(record.Of, image, StringComparison.Ordinal))];
    }

    /// <summary>When an image is sampled; null = not decided yet.</summary>
    public IReadOnlyList<TimeSpan>? LooksOf(string image) => _log.Contents.LooksOf(image);

    /// <summary>Decides when an image is sampled; what was decided before stays.</summary>
    public void AddLooks(string image, IReadOnlyList<TimeSpan> times)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (LooksOf(image) is null)
        {
            _log.AddLooks(new LooksLine(image, times));
        }
    }

    /// <summary>From here on an image counts as never asked about; the same token says so once.</summary>
    public void Forget(string image, string token)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        _log.AddForget(new ForgetLine(image, token));
    }

    /// <summary>Writes everything that was added before the call.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => _log.FlushAsync(cancellationToken);

    /// <summary>Compresses the log, when a scene is finished; adding to it stays possible.</summary>
    public Task SealAsync(CancellationToken cancellationToken) => _log.SealAsync(cancellationToken);

    /// <summary>Writes everything and lets go of it.</summary>
    /// <exception cref="IOException">It could not be written; the answers stay in memory for whoever opens it next.</exception>
    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _disposed, 1) == 0 ? _owner.CloseAsync(_log) : ValueTask.CompletedTask;
}
