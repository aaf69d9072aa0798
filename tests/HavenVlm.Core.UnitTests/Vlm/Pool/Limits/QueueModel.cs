namespace HavenVlm.Core.UnitTests.Vlm.Pool.Limits;

/// <summary>A request inside <see cref="QueueModel"/>.</summary>
internal sealed class QueuedRequest(double work, double? tokens)
{
    /// <summary>The caller's number for it.</summary>
    public long Ticket { get; set; }

    /// <summary>When it was sent, in seconds.</summary>
    public double SentAt { get; set; }

    /// <summary>Work left, in seconds on a server that does nothing else.</summary>
    public double Left { get; set; } = work;

    /// <summary>All of it.</summary>
    public double Work { get; } = work;

    /// <summary>Tokens of its reply.</summary>
    public double? Tokens { get; } = tokens;
}

/// <summary>
/// A model server in virtual time: it works on so many requests at once, each the slower the more there are, and lets the others wait
/// inside or refuses them.
/// </summary>
internal sealed class QueueModel
{
    private readonly List<QueuedRequest> _running = [];
    private readonly Queue<QueuedRequest> _waiting = new();

    /// <summary>Requests it works on at once; can change.</summary>
    public required int Slots { get; set; }

    /// <summary>Seconds that a second's work takes beside so many others.</summary>
    public Func<int, double> Slowness { get; init; } = _ => 1;

    /// <summary>Requests inside from which it refuses more.</summary>
    public int RefusesFrom { get; init; } = int.MaxValue;

    /// <summary>Requests inside.</summary>
    public int Inside => _running.Count + _waiting.Count;

    /// <summary>Work done per second with so many at once.</summary>
    public double RateAt(int requests)
    {
        var running = Math.Min(requests, Slots);
        return running / Slowness(running);
    }

    /// <summary>Takes a request; false = refused.</summary>
    public bool Take(QueuedRequest request)
    {
        if (Inside >= RefusesFrom)
        {
            return false;
        }

        _waiting.Enqueue(request);
        Fill();
        return true;
    }

    /// <summary>Seconds until the next answer.</summary>
    public double UntilNext => _running.Count == 0 ? double.MaxValue : _running.Min(each => each.Left) * Slowness(_running.Count);

    /// <summary>Lets time go by.</summary>
    public void Advance(double seconds)
    {
        var done = seconds / Slowness(Math.Max(1, _running.Count));
        foreach (var request in _running)
        {
            request.Left -= done;
        }
    }

    /// <summary>Takes out who is done.</summary>
    public List<QueuedRequest> Finished()
    {
        var done = _running.Where(each => each.Left <= 1e-9).ToList();
        _running.RemoveAll(done.Contains);
        Fill();
        return done;
    }

    /// <summary>Takes out a request that was given up.</summary>
    public void Remove(QueuedRequest request)
    {
        if (!_running.Remove(request))
        {
            var left = _waiting.Where(each => each != request).ToList();
            _waiting.Clear();
            left.ForEach(_waiting.Enqueue);
        }

        Fill();
    }

    private void Fill()
    {
        while (_running.Count < Slots && _waiting.TryDequeue(out var next))
        {
            _running.Add(next);
        }
    }
}
