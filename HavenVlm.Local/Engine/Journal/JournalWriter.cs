using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Engine.Journal;

/// <summary>Something to be written.</summary>
internal abstract class JournalEntry
{
    /// <summary>Whether somebody waits who can be told of a failure. Others are tried again until they are written.</summary>
    public virtual bool CanFail => false;

    /// <summary>
    /// Whether it needs no trip to the disk of its own, because nobody waits for it and it would come about again by itself.
    /// </summary>
    public virtual bool CanWait => false;

    /// <summary>Writes it, within a transaction that may be given up and repeated.</summary>
    public abstract void Apply(JournalSession session);

    /// <summary>Called in the order of writing once it is on disk. Must be quick and not throw.</summary>
    public virtual void Committed() { }

    /// <summary>Called when it will not be written.</summary>
    public virtual void Failed(Exception exception) { }
}

/// <summary>
/// The only writer. Whatever has gathered while the last transaction went to disk goes into the next one together (group commit).
/// While the disk refuses, everything waits in memory and nothing is acted upon.
/// </summary>
internal sealed class JournalWriter(JournalFile file, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const int LargestBatch = 4096;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GroupCommitDelay = TimeSpan.FromMilliseconds(20);

    private readonly Channel<JournalEntry> _entries = Channel.CreateUnbounded<JournalEntry>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private readonly CancellationTokenSource _closing = new();
    private JournalSession? _session;
    private Task<bool>? _arrival;
    private Task _loop = Task.CompletedTask;
    private volatile JournalException? _fault;

    /// <summary>Why nothing can be written at present; null = all is well.</summary>
    public JournalException? Fault => _fault;

    /// <summary>Opens the file and begins to write.</summary>
    public void Start()
    {
        try
        {
            _session = new JournalSession(file.OpenForWriting(), time);
        }
        catch (SqliteException e)
        {
            throw JournalException.From(e, file.FullPath);
        }

        _loop = Task.Run(() => WriteAsync(_session));
    }

    /// <summary>Queues an entry. Entries of one caller are written in the order of its calls.</summary>
    public void Post(JournalEntry entry)
    {
        if (!_entries.Writer.TryWrite(entry))
        {
            entry.Failed(Stopped());
        }
    }

    /// <summary>Writes what is queued and closes; after this everything posted fails.</summary>
    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        // A disk that refuses must not hold the process: what is not written now is done again after the next start.
        await _closing.CancelAsync();
        await _loop;
        _session?.Dispose();
        _closing.Dispose();
    }

    private static InvalidOperationException Stopped() => new("The engine is stopped.");

    private async Task WriteAsync(JournalSession session)
    {
        var batch = new List<JournalEntry>();
        var failures = 0;
        while (await FillAsync(batch))
        {
            if (TryWrite(session, batch))
            {
                failures = 0;
                batch.Clear();
                continue;
            }

            FailPending(batch);
            if (!await WaitAsync(++failures))
            {
                break;
            }
        }

        Abandon(batch);
    }

    /// <summary>Adds what is queued to the batch; waits for something when the batch is empty. False when there is no more.</summary>
    private async Task<bool> FillAsync(List<JournalEntry> batch)
    {
        if (batch.Count == 0 && !await ArrivalAsync())
        {
            return false;
        }

        Drain(batch);
        if (batch.TrueForAll(static e => e.CanWait))
        {
            using var waited = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            await Task.WhenAny(ArrivalAsync(), Task.Delay(GroupCommitDelay, TimeProvider.System, waited.Token));
            await waited.CancelAsync();
            Drain(batch);
        }

        return true;
    }

    /// <summary>Ends when something is queued (true) or nothing will be any more (false).</summary>
    private Task<bool> ArrivalAsync()
    {
        // One wait at a time: it may be taken up again after it was not awaited to its end.
        if (_arrival is null or { IsCompleted: true })
        {
            _arrival = _entries.Reader.WaitToReadAsync().AsTask();
        }

        return _arrival;
    }

    private void Drain(List<JournalEntry> batch)
    {
        while (batch.Count < LargestBatch && _entries.Reader.TryRead(out var entry))
        {
            batch.Add(entry);
        }
    }

    private bool TryWrite(JournalSession session, List<JournalEntry> batch)
    {
        if (!file.Exists)
        {
            Fail(new JournalException($"The journal {file.FullPath} was removed. Bring it back, or restart."));
            return false;
        }

        try
        {
            session.Begin();
            foreach (var entry in batch)
            {
                entry.Apply(session);
            }

            session.Commit();
        }
        catch (SqliteException e) when (JournalException.IsOfStorage(e))
        {
            session.Rollback();
            Fail(JournalException.From(e, file.FullPath));
            return false;
        }
        catch (Exception e)
        {
            session.Rollback();
            return WriteOneByOne(session, batch, e);
        }

        if (_fault is not null)
        {
            _fault = null;
            logger.LogInformation("The journal {Path} can be written again", file.FullPath);
        }

        foreach (var entry in batch)
        {
            Notify(entry, static e => e.Committed());
        }

        return true;
    }

    /// <summary>One entry that cannot be written must not take the others with it.</summary>
    private bool WriteOneByOne(JournalSession session, List<JournalEntry> batch, Exception exception)
    {
        if (batch.Count == 1)
        {
            logger.LogError(exception, "{Entry} cannot be written", batch[0].GetType().Name);
            Notify(batch[0], e => e.Failed(exception));
            return true;
        }

        while (batch.Count > 0)
        {
            if (!TryWrite(session, [batch[0]]))
            {
                return false;
            }

            batch.RemoveAt(0);
        }

        return true;
    }

    private void Fail(JournalException fault)
    {
        if (_fault is null || !string.Equals(_fault.Message, fault.Message, StringComparison.Ordinal))
        {
            logger.LogError(fault.InnerException, "Work is stopped until this is fixed: {Reason}", fault.Message);
        }

        _fault = fault;
    }

    private void FailPending(List<JournalEntry> batch)
    {
        foreach (var entry in batch.Where(e => e.CanFail))
        {
            Notify(entry, e => e.Failed(_fault!));
        }

        batch.RemoveAll(e => e.CanFail);
    }

    private async Task<bool> WaitAsync(int failures)
    {
        var wait = TimeSpan.FromMilliseconds(100 * Math.Pow(2, Math.Min(failures, 10)));
        try
        {
            // The disk's time, not the simulated one.
            await Task.Delay(wait < LongestWait ? wait : LongestWait, TimeProvider.System, _closing.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Abandon(List<JournalEntry> batch)
    {
        _entries.Writer.TryComplete();
        while (_entries.Reader.TryRead(out var entry))
        {
            batch.Add(entry);
        }

        foreach (var entry in batch)
        {
            Notify(entry, e => e.Failed(_fault as Exception ?? Stopped()));
        }
    }

    private void Notify(JournalEntry entry, Action<JournalEntry> tell)
    {
        try
        {
            tell(entry);
        }
        catch (Exception e)
        {
            logger.LogError(e, "{Entry} could not be told", entry.GetType().Name);
        }
    }
}
