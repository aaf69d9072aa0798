using HavenVlm.Demo.Stash.GraphQl;

namespace HavenVlm.Demo.Stash.Resolvers;

/// <summary>A job as Stash's queue shows it.</summary>
internal sealed record StashJob(int Id, string Description, DateTimeOffset AddTime)
{
    public string Status { get; init; } = "READY";

    public double? Progress { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }
}

/// <summary>Jobs end at once unless they are held. The queue keeps what runs; of what has ended the last ten can still be found.</summary>
internal sealed class JobQueue(TimeProvider time)
{
    private const int Kept = 10;
    private readonly Lock guard = new();
    private readonly List<StashJob> running = [];
    private readonly List<StashJob> ended = [];
    private int last;

    /// <summary>Whether new jobs keep running until they are ended.</summary>
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

    public void End(int id, string status)
    {
        lock (guard)
        {
            if (running.Find(job => job.Id == id) is { } found)
            {
                running.Remove(found);
                ended.Add(found with { Status = status, EndTime = time.GetLocalNow() });
                ended.RemoveRange(0, Math.Max(0, ended.Count - Kept));
            }
        }
    }

    public void Register(ResolverMap map)
    {
        map.Add<object>("Query", "jobQueue", _ => Running() is { Count: > 0 } jobs ? jobs : null);
        map.Add<object>("Query", "findJob", (_, call) => Find(call.Arguments.Required("input").Id("id")!.Value));
        map.Add<object>("Mutation", "metadataGenerate", _ => Add("Generating..."));
        map.Add<object>("Mutation", "metadataScan", _ => Add("Scanning..."));
        map.Add<object>("Mutation", "stopJob", (_, call) => Stop(call.Arguments.Id("job_id")!.Value));
        map.Add<object>("Mutation", "stopAllJobs", _ => Running().All(job => Stop(job.Id)));
        map.Add<StashJob>("Job", "id", job => job.Id);
        map.Add<StashJob>("Job", "status", job => job.Status);
        map.Add<StashJob>("Job", "subTasks", _ => null);
        map.Add<StashJob>("Job", "description", job => job.Description);
        map.Add<StashJob>("Job", "progress", job => job.Progress);
        map.Add<StashJob>("Job", "startTime", job => job.StartTime);
        map.Add<StashJob>("Job", "endTime", job => job.EndTime);
        map.Add<StashJob>("Job", "addTime", job => job.AddTime);
        map.Add<StashJob>("Job", "error", _ => null);
    }

    private List<StashJob> Running()
    {
        lock (guard)
        {
            return [.. running];
        }
    }

    private StashJob? Find(int id)
    {
        lock (guard)
        {
            return running.Find(job => job.Id == id) ?? ended.Find(job => job.Id == id);
        }
    }

    private bool Stop(int id)
    {
        End(id, "CANCELLED");
        return true;
    }
}
