namespace HavenVlm.Local.Engine;

/// <summary>A timer of a run.</summary>
internal readonly record struct TimerKey(long Run, int Task);

/// <summary>All timers that are to come due, whether their instances are in memory or not.</summary>
internal sealed class TimerQueue : IAsyncDisposable
{
    // Looked at again at least this often: the wall clock may be set, and machines sleep.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly SortedSet<(DateTimeOffset Due, long Run, int Task)> _queue = [];
    private readonly Dictionary<long, Dictionary<int, DateTimeOffset>> _byRun = [];
    private readonly TimeProvider _time;
    private readonly Action<TimerKey> _onDue;
    private readonly ITimer _timer;
    private bool _stopped;

    /// <param name="time">The clock.</param>
    /// <param name="onDue">Called once for each timer that came due; must be quick.</param>
    public TimerQueue(TimeProvider time, Action<TimerKey> onDue)
    {
        _time = time;
        _onDue = onDue;
        _timer = time.CreateTimer(_ => FireDue(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds a timer; nothing happens when it is there already.</summary>
    public void Add(TimerKey key, DateTimeOffset due)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            if (!_byRun.TryGetValue(key.Run, out var timers))
            {
                _byRun.Add(key.Run, timers = []);
            }

            if (timers.TryAdd(key.Task, due))
            {
                _queue.Add((due, key.Run, key.Task));
                if (_queue.Min.Due == due)
                {
                    SetAlarm();
                }
            }
        }
    }

    /// <summary>Removes a timer that is no longer wanted.</summary>
    public void Remove(TimerKey key)
    {
        lock (_gate)
        {
            if (_byRun.TryGetValue(key.Run, out var timers) && timers.Remove(key.Task, out var due))
            {
                _queue.Remove((due, key.Run, key.Task));
                if (timers.Count == 0)
                {
                    _byRun.Remove(key.Run);
                }
            }
        }
    }

    /// <summary>Removes all timers of a run that is over.</summary>
    public void RemoveRun(long run)
    {
        lock (_gate)
        {
            if (_byRun.Remove(run, out var timers))
            {
                foreach (var (task, due) in timers)
                {
                    _queue.Remove((due, run, task));
                }
            }
        }
    }

    /// <summary>No timer fires after this.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _stopped = true;
            _queue.Clear();
            _byRun.Clear();
        }

        return _timer.DisposeAsync();
    }

    private void FireDue()
    {
        var due = new List<TimerKey>();
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            while (_queue.Count > 0 && _queue.Min is var first && first.Due <= now)
            {
                _queue.Remove(first);
                due.Add(new TimerKey(first.Run, first.Task));
                var timers = _byRun[first.Run];
                timers.Remove(first.Task);
                if (timers.Count == 0)
                {
                    _byRun.Remove(first.Run);
                }
            }

            SetAlarm();
        }

        foreach (var key in due)
        {
            _onDue(key);
        }
    }

    private void SetAlarm()
    {
        if (_stopped)
        {
            return;
        }

        if (_queue.Count == 0)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        var wait = _queue.Min.Due - _time.GetUtcNow();
        // Rounded up, because timers count whole milliseconds and would be early otherwise.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Clamp(wait.TotalMilliseconds, 0, s_longestWait.TotalMilliseconds)));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
