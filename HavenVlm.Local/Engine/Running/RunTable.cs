using System.Threading.Channels;
using HavenVlm.Local.Engine.Journal;

namespace HavenVlm.Local.Engine.Running;

/// <summary>The runs in memory, and the queue of those that are due a turn.</summary>
internal sealed class RunTable(int mostKept)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, LiveRun> _runs = [];
    private readonly Channel<LiveRun> _ready = Channel.CreateUnbounded<LiveRun>();

    /// <summary>Runs that are due a turn.</summary>
    public ChannelReader<LiveRun> Ready => _ready.Reader;

    /// <summary>How many runs are in memory.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _runs.Count;
            }
        }
    }

    /// <summary>Makes a run due a turn.</summary>
    public void Wake(long number)
    {
        lock (_gate)
        {
            Wake(GetOrAdd(number));
        }
    }

    /// <summary>Makes a run due a turn if it is in memory.</summary>
    public void WakeIfLive(long number)
    {
        lock (_gate)
        {
            if (_runs.TryGetValue(number, out var run))
            {
                Wake(run);
            }
        }
    }

    /// <summary>Hands a journalled event to its run, which is brought into memory if need be.</summary>
    public void Deliver(long number, HistoryEvent e)
    {
        lock (_gate)
        {
            var run = GetOrAdd(number);
            run.Inbox.Enqueue(e);
            Wake(run);
        }
    }

    /// <summary>Takes what is to be delivered in a turn.</summary>
    public IReadOnlyList<HistoryEvent> TakeInbox(LiveRun run)
    {
        lock (_gate)
        {
            run.IsWoken = false;
            HistoryEvent[] taken = [.. run.Inbox];
            run.Inbox.Clear();
            return taken;
        }
    }

    /// <summary>Counts an entry that is on its way to the journal.</summary>
    public void EntryPosted(LiveRun run)
    {
        lock (_gate)
        {
            run.Unwritten++;
        }
    }

    /// <summary>Counts an entry that has arrived.</summary>
    public void EntryWritten(LiveRun run)
    {
        lock (_gate)
        {
            run.Unwritten--;
            TryForget(run);
        }
    }

    /// <summary>Marks a request to begin; false when one is on its way.</summary>
    public bool TryBegin(LiveRun run)
    {
        lock (_gate)
        {
            return !run.IsBeginning && (run.IsBeginning = true);
        }
    }

    /// <summary>A request to begin was answered.</summary>
    public void BeginAnswered(LiveRun run)
    {
        lock (_gate)
        {
            run.IsBeginning = false;
        }
    }

    public bool IsOver(LiveRun run)
    {
        lock (_gate)
        {
            return run.IsOver;
        }
    }

    /// <summary>Ends a turn: the run is kept, forgotten until something happens to it, or due another turn.</summary>
    /// <param name="run">The run.</param>
    /// <param name="waitsLong">Whether nothing is expected to happen to it soon.</param>
    public void EndTurn(LiveRun run, bool waitsLong)
    {
        lock (_gate)
        {
            run.IsBusy = false;
            run.WaitsLong = waitsLong;
            if (run.IsWoken && !run.IsOver)
            {
                Wake(run);
            }
            else
            {
                TryForget(run);
            }
        }
    }

    /// <summary>Forgets a run that is over.</summary>
    public void Remove(long number)
    {
        lock (_gate)
        {
            if (_runs.Remove(number, out var run))
            {
                run.IsOver = true;
                run.Inbox.Clear();
            }
        }
    }

    /// <summary>No turn is due after this.</summary>
    public void Stop() => _ready.Writer.TryComplete();

    private void TryForget(LiveRun run)
    {
        if (!run.IsBusy && run.Unwritten == 0 && (run.WaitsLong || _runs.Count > mostKept))
        {
            _runs.Remove(run.Number);
        }
    }

    private LiveRun GetOrAdd(long number)
    {
        if (!_runs.TryGetValue(number, out var run))
        {
            _runs.Add(number, run = new LiveRun(number));
        }

        return run;
    }

    private void Wake(LiveRun run)
    {
        run.IsWoken = true;
        if (!run.IsBusy)
        {
            run.IsBusy = true;
            _ready.Writer.TryWrite(run);
        }
    }
}
