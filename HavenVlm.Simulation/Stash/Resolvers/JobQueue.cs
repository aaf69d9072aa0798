using HavenVlm.Simulation.Stash.GraphQl;

namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>
/// Jobs run one after the other; the ones without work of their own end at once unless they are held. The queue keeps what runs and waits;
/// of what has ended the last ten can still be found.
/// </summary>
internal sealed class JobQueue(TimeProvider time, StashVersion version) : IAsyncDisposable
{
    private const int Kept = 10;
    private readonly Lock _guard = new();
    private readonly List<StashJob> _running = [];
    private readonly List<StashJob> _ended = [];
    private readonly Dictionary<int, CancellationTokenSource> _stops = [];
    private readonly Dictionary<int, List<double>> _reported = [];
    private Task _worker = Task.CompletedTask;
    private int _last;

    /// <summary>Whether new jobs without work of their own keep running until they are ended.</summary>
    public bool Hold { get; set; }

    public int Add(string description)
    {
        lock (_guard)
        {
            var now = time.GetLocalNow();
            var job = new StashJob(++_last, description, now) { Status = "RUNNING", StartTime = now };
            _running.Add(job);
            if (!Hold)
            {
                End(job.Id, "FINISHED");
            }

            return job.Id;
        }
    }

    /// <summary>Queues work.</summary>
    public int Add(string description, Func<IProgress<double>, CancellationToken, Task> work)
    {
        lock (_guard)
        {
            var job = new StashJob(++_last, description, time.GetLocalNow());
            _running.Add(job);
            _reported[job.Id] = [];
            var stop = _stops[job.Id] = new CancellationTokenSource();
            _worker = RunAsync(_worker, job.Id, work, stop.Token);
            return job.Id;
        }
    }

    public void End(int id, string status) => End(id, status, error: null);

    /// <summary>Completes when everything queued so far has ended.</summary>
    public Task IdleAsync()
    {
        lock (_guard)
        {
            return _worker;
        }
    }

    public StashJob? Find(int id)
    {
        lock (_guard)
        {
            return _running.Find(job => job.Id == id) ?? _ended.Find(job => job.Id == id);
        }
    }

    /// <summary>Every progress that a job reported, in order.</summary>
    public IReadOnlyList<double> Reported(int id)
    {
        lock (_guard)
        {
            return _reported.TryGetValue(id, out var values) ? [.. values] : [];
        }
    }

    public void Register(ResolverMap map)
    {
        map.Add<object>("Query", "jobQueue", _ => Running() is { Count: > 0 } jobs ? jobs : null);
        map.Add<object>("Query", "findJob", (_, call) => Find(call.Arguments.Required("input").Id("id")!.Value));
        map.Add<object>("Mutation", "metadataGenerate", _ => Add("Generating..."));
        map.Add<StashJob>("Job", "id", job => job.Id);
        map.Add<StashJob>("Job", "status", job => job.Status);
        map.Add<StashJob>("Job", "description", job => job.Description);
        map.Add<StashJob>("Job", "progress", job => job.Progress);
        map.Add<StashJob>("Job", "error", job => job.Error);
    }

    public async ValueTask DisposeAsync()
    {
        CancellationTokenSource[] all;
        lock (_guard)
        {
            all = [.. _stops.Values];
        }

        foreach (var stop in all)
        {
            await stop.CancelAsync();
        }

        await IdleAsync();
        foreach (var stop in all)
        {
            stop.Dispose();
        }
    }

    private async Task RunAsync(Task before, int id, Func<IProgress<double>, CancellationToken, Task> work, CancellationToken cancellation)
    {
        await before;
        await Task.Yield();
        if (!Change(id, job => job with { Status = "RUNNING", StartTime = time.GetLocalNow() }))
        {
            return;
        }

        try
        {
            await work(new Reporter(this, id), cancellation);
            End(id, cancellation.IsCancellationRequested ? "CANCELLED" : "FINISHED");
        }
        catch (Exception e)
        {
            var known = version >= StashVersion.Release26;
            End(id, known ? "FAILED" : "FINISHED", known ? e.Message : null);
        }
    }

    private void End(int id, string status, string? error)
    {
        lock (_guard)
        {
            if (_running.Find(job => job.Id == id) is { } found)
            {
                _running.Remove(found);
                _ended.Add(found with { Status = status, Error = error, EndTime = time.GetLocalNow() });
                _ended.RemoveRange(0, Math.Max(0, _ended.Count - Kept));
            }
        }
    }

    private List<StashJob> Running()
    {
        lock (_guard)
        {
            return [.. _running];
        }
    }

    public bool Stop(int id)
    {
        CancellationTokenSource? stop;
        lock (_guard)
        {
            stop = _stops.GetValueOrDefault(id);
        }

        if (stop is null || Find(id) is { Status: "READY" })
        {
            End(id, "CANCELLED");
        }

        stop?.Cancel();
        return true;
    }

    private void Report(int id, double value)
    {
        lock (_guard)
        {
            _reported[id].Add(value);
        }

        Change(id, job => job with { Progress = Math.Clamp(value, 0, 1) });
    }

    private bool Change(int id, Func<StashJob, StashJob> change)
    {
        lock (_guard)
        {
            var at = _running.FindIndex(job => job.Id == id);
            if (at >= 0)
            {
                _running[at] = change(_running[at]);
            }

            return at >= 0;
        }
    }

    private sealed class Reporter(JobQueue queue, int id) : IProgress<double>
    {
        public void Report(double value) => queue.Report(id, value);
    }
}
