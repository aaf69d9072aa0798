namespace HavenVlm.Local.Engine.Running;

/// <summary>A timer of a run.</summary>
internal readonly record struct TimerKey(long Run, int Task);

/// <summary>
/// All timers that are to come due, whether their instances are in memory or not. A wall clock that is set forward (or a machine
/// that slept) makes timers come due at once; one that is set back does not make them late.
/// </summary>
internal sealed class TimerQueue : IAsyncDisposable
{
    // Checked again at least this often: the wall clock may be set, and machines sleep.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly SortedSet<Entry> _queue = new(Comparer<Entry>.Create(Compare));
    private readonly Dictionary<long, Dictionary<int, Entry>> _byRun = [];
    private readonly TimeProvider _time;
    private readonly Action<TimerKey, DateTimeOffset> _onDue;
    private readonly ITimer _timer;
    private DateTimeOffset _lastWall;
    private long _lastTimestamp;
    private bool _stopped;

    /// <param name="time">The clock.</param>
    /// <param name="onDue">Called once for each timer that came due, with when it was to; must be quick.</param>
    public TimerQueue(TimeProvider time, Action<TimerKey, DateTimeOffset> onDue)
    {
        _time = time;
        _onDue = onDue;
        _lastWall = time.GetUtcNow();
        _lastTimestamp = time.GetTimestamp();
        _timer = time.CreateTimer(_ => FireDue(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many timers are to come due.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Adds a timer; nothing happens when it is there already.</summary>
    /// <param name="key">The timer.</param>
    /// <param name="due">When the orchestrator wants it.</param>
    /// <param name="atOnce">Whether it fires now all the same.</param>
    public void Add(TimerKey key, DateTimeOffset due, bool atOnce = false)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            FollowClock();
            if (!_byRun.TryGetValue(key.Run, out var timers))
            {
                _byRun.Add(key.Run, timers = []);
            }

            var entry = new Entry(key, due, atOnce && due > _lastWall ? _lastWall : due);
            if (timers.TryAdd(key.Task, entry))
            {
                _queue.Add(entry);
                if (_queue.Min == entry)
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
            if (_byRun.TryGetValue(key.Run, out var timers) && timers.TryGetValue(key.Task, out var entry))
            {
                Remove(entry);
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
                _queue.ExceptWith(timers.Values);
            }
        }
    }

    /// <summary>Lets every timer that waits fire now.</summary>
    public void FireAll()
    {
        lock (_gate)
        {
            FollowClock();
            Reschedule(wake => wake < _lastWall ? wake : _lastWall);
            SetAlarm();
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

    private static int Compare(Entry? x, Entry? y) => (x!.Wake, x.Key.Run, x.Key.Task).CompareTo((y!.Wake, y.Key.Run, y.Key.Task));

    private void FireDue()
    {
        var due = new List<Entry>();
        lock (_gate)
        {
            FollowClock();
            while (_queue.Min is { } first && first.Wake <= _lastWall)
            {
                Remove(first);
                due.Add(first);
            }

            SetAlarm();
        }

        foreach (var entry in due)
        {
            _onDue(entry.Key, entry.Due);
        }
    }

    private void Remove(Entry entry)
    {
        _queue.Remove(entry);
        var timers = _byRun[entry.Key.Run];
        timers.Remove(entry.Key.Task);
        if (timers.Count == 0)
        {
            _byRun.Remove(entry.Key.Run);
        }
    }

    /// <summary>Reads the clock; when it was set back since the last look, so are the times at which the timers wake.</summary>
    private void FollowClock()
    {
        var wall = _time.GetUtcNow();
        var timestamp = _time.GetTimestamp();
        var setBack = _lastWall + _time.GetElapsedTime(_lastTimestamp, timestamp) - wall;
        _lastWall = wall;
        _lastTimestamp = timestamp;
        if (setBack <= ClockTolerance)
        {
            return;
        }

        Reschedule(wake => wake - setBack);
    }

    private void Reschedule(Func<DateTimeOffset, DateTimeOffset> change)
    {
        var entries = _queue.Select(e => e with { Wake = change(e.Wake) }).ToList();
        _queue.Clear();
        foreach (var entry in entries)
        {
            _queue.Add(entry);
            _byRun[entry.Key.Run][entry.Key.Task] = entry;
        }
    }

    private void SetAlarm()
    {
        if (_stopped)
        {
            return;
        }

        if (_queue.Min is not { } first)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        var wait = Math.Clamp((first.Wake - _lastWall).TotalMilliseconds, 0, LongestWait.TotalMilliseconds);
        // Rounded up, because timers count whole milliseconds and would be early otherwise.
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait)), Timeout.InfiniteTimeSpan);
    }

    /// <summary>A timer.</summary>
    /// <param name="Key">Whose.</param>
    /// <param name="Due">When the orchestrator wants it.</param>
    /// <param name="Wake">When it fires by today's clock.</param>
    private sealed record Entry(TimerKey Key, DateTimeOffset Due, DateTimeOffset Wake);
}
