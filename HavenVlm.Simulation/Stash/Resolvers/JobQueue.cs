using HavenVlm.Simulation.Stash.GraphQl;

namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>
/// Jobs run one after the other; the ones without work of their own end at once unless they are held. The queue keeps what runs and waits;
/// of what has ended the last ten can still be found.
/// </summary>
internal sealed class JobQueue(TimeProvider time, StashVersion version) : IAsyncDisposable
{
    private const int Kept = 10;
    private readonly Lock guard = new();
    private readonly List<StashJob> running = [];
    private readonly List<StashJob> ended = [];
    private readonly Dictionary<int, CancellationTokenSource> stops = [];
    private readonly Dictionary<int, List<double>> reported = [];
    private Task worker = Task.CompletedTask;
    private int last;

    /// <summary>Whether new jobs without work of their own keep running until they are ended.</summary>
    public bool Hold { get; set; }

    public int Add(string description)
    {
        lock (guard)
        {
            var now = time.GetLocalNow();
            var job = new StashJob(++last, description, now) { Status = "RUNNING", StartTime = now };
            running.Add(job);
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
        lock (guard)
        {
            var job = new StashJob(++last, description, time.GetLocalNow());
            running.Add(job);
            reported[job.Id] = [];
            var stop = stops[job.Id] = new CancellationTokenSource();
            worker = RunAsync(worker, job.Id, work, stop.Token);
            return job.Id;
        }
    }

    public void End(int id, string status) => End(id, status, error: null);

    /// <summary>Completes when everything queued so far has ended.</summary>
    public Task IdleAsync()
    {
        lock (guard)
        {
            return worker;
        }
    }

    public StashJob? Find(int id)
    {
        lock (guard)
        {
            return running.Find(job => job.Id == id) ?? ended.Find(job => job.Id == id);
        }
    }

    /// <summary>Every progress that a job reported, in order.</summary>
    public IReadOnlyList<double> Reported(int id)
    {
        lock (guard)
        {
            return reported.TryGetValue(id, out var values) ? [.. values] : [];
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
        lock (guard)
        {
            all = [.. stops.Values];
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
        lock (guard)
        {
            if (running.Find(job => job.Id == id) is { } found)
            {
                running.Remove(found);
                ended.Add(found with { Status = status, Error = error, EndTime = time.GetLocalNow() });
                ended.RemoveRange(0, Math.Max(0, ended.Count - Kept));
            }
        }
    }

    private List<StashJob> Running()
    {
        lock (guard)
        {
            return [.. running];
        }
    }

    public bool Stop(int id)
    {
        CancellationTokenSource? stop;
        lock (guard)
        {
            stop = stops.GetValueOrDefault(id);
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
        lock (guard)
        {
            reported[id].Add(value);
        }

        Change(id, job => job with { Progress = Math.Clamp(value, 0, 1) });
    }

    private bool Change(int id, Func<StashJob, StashJob> change)
    {
        lock (guard)
        {
            var at = running.FindIndex(job => job.Id == id);
            if (at >= 0)
            {
                running[at] = change(running[at]);
            }

            return at >= 0;
        }
    }

    private sealed class Reporter(JobQueue queue, int id) : IProgress<double>
    {
        public void Report(double value) => queue.Report(id, value);
    }
}
