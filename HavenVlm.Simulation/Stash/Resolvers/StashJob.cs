namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>A job as Stash's queue shows it.</summary>
internal sealed record StashJob(int Id, string Description, DateTimeOffset AddTime)
{
    public string Status { get; init; } = "READY";

    public double? Progress { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public string? Error { get; init; }
}
