using System.Reflection;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Pool;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Api;

/// <summary>Answer of <c>GET /api/status</c>.</summary>
public sealed record StatusResponse
{
    /// <summary>Version of Haven VLM.</summary>
    public required string Version { get; init; }

    /// <summary>When this process began to serve.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Stash as it answered last.</summary>
    public required StashStatus Stash { get; init; }

    /// <summary>Every configured endpoint, in the order of the configuration.</summary>
    public required IReadOnlyList<EndpointStatus> Endpoints { get; init; }

    /// <summary>What keeps work from going on; empty = nothing that is known.</summary>
    public IReadOnlyList<StatusProblem> Problems { get; init; } = [];

    /// <summary>Instances that have not ended, latest first.</summary>
    public required IReadOnlyList<InstanceResponse> Running { get; init; }

    /// <summary>Instances that have ended, latest first.</summary>
    public required IReadOnlyList<InstanceResponse> Recent { get; init; }

    /// <summary>Sums since this process began.</summary>
    public required StatusTotals Totals { get; init; }

    /// <summary>What carries a request tag in Stash, as it was counted last; null = not counted yet.</summary>
    public StatusBacklog? Backlog { get; init; }

    /// <summary>What the configuration holds, for those who begin.</summary>
    public required StatusSetup Setup { get; init; }

    /// <summary>What was found damaged in the data since this process began, oldest first.</summary>
    public IReadOnlyList<DamagedArtifact> Damaged { get; init; } = [];

    /// <summary>The queue of requests; null = this host has none.</summary>
    public QueueStatus? Queue { get; init; }
}

/// <summary>What carries a request tag in Stash.</summary>
public sealed record StatusBacklog
{
    /// <summary>Scenes with <see cref="TagMe"/>.</summary>
    public required int ScenesToTag { get; init; }

    /// <summary>Scenes with <see cref="UpdateMe"/>.</summary>
    public required int ScenesToUpdate { get; init; }

    /// <summary>Images with one of them; with both they count twice.</summary>
    public required int ImagesToTag { get; init; }

    /// <summary>Galleries with one of them, which stands for their images; with both they count twice.</summary>
    public required int GalleriesToTag { get; init; }

    /// <summary>Name of the tag that asks for analysis.</summary>
    public required string TagMe { get; init; }

    /// <summary>Name of the tag that asks to rebuild.</summary>
    public required string UpdateMe { get; init; }

    /// <summary>When Stash was last asked for these counts, UTC.</summary>
    public required DateTimeOffset AsOf { get; init; }
}

/// <summary>What the configuration holds.</summary>
public sealed record StatusSetup
{
    /// <summary>Tags looked for; null = they come from Stash (<c>tagsFromStash</c>).</summary>
    public int? Tags { get; init; }
}

/// <summary>Stash as it answered last.</summary>
public sealed record StashStatus
{
    /// <summary>Address of Stash as configured.</summary>
    public required string Url { get; init; }

    /// <summary>Its version; null = never reached.</summary>
    public string? Version { get; init; }

    /// <summary>Whether it answered the last time; null = not asked yet.</summary>
    public bool? Reachable { get; init; }

    /// <summary>What it said when it did not answer.</summary>
    public string? Message { get; init; }
}

/// <summary>Sums since this process began.</summary>
public sealed record StatusTotals
{
    /// <summary>Requests sent to all endpoints.</summary>
    public long Requests { get; init; }

    /// <summary>Requests of these without a usable answer.</summary>
    public long Errors { get; init; }

    /// <summary>Requests out now.</summary>
    public int InFlight { get; init; }
}

/// <summary>Builds the status from memory and the instance table: nothing in it waits for Stash or an endpoint.</summary>
internal sealed class StatusReport(
    IOrchestrationClient client,
    EndpointPool pool,
    StashTransport stash,
    RequestedScenes requested,
    LiveProgress live,
    StatusProblems problems,
    SettingsSource settings,
    DamageReports damage,
    StatusChanges changes,
    TimeProvider time,
    IPendingRequests? queue = null
)
{
    private const int Shown = 50;
    private static readonly TimeSpan RecountInterval = TimeSpan.FromSeconds(10);
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public TimeProvider Time => time;

    public StatusChanges Changes => changes;

    /// <summary>Version of the program, without the commit.</summary>
    public static string Version { get; } =
        typeof(StatusReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "0";

    public IReadOnlyList<StatusProblem> FindProblems() => problems.Find();

    public async Task<StatusResponse> BuildAsync(CancellationToken cancellationToken)
    {
        var endpoints = pool.Snapshot();
        return new StatusResponse
        {
            Version = Version,
            StartedAt = _startedAt,
            Stash = new StashStatus
            {
                Url = settings.Current.Stash.Url,
                Version = stash.Health.Version,
                Reachable = stash.Health.Reachable,
                Message = stash.Health.Message,
            },
            Endpoints = endpoints,
            Problems = problems.Find(),
            Running = await ListAsync([RuntimeStatus.Pending, RuntimeStatus.Running, RuntimeStatus.Suspended], cancellationToken),
            Recent = await ListAsync([RuntimeStatus.Completed, RuntimeStatus.Failed, RuntimeStatus.Terminated], cancellationToken),
            Totals = new StatusTotals
            {
                Requests = endpoints.Sum(e => e.Requests),
                Errors = endpoints.Sum(e => e.Errors),
                InFlight = endpoints.Sum(e => e.InFlight),
            },
            Backlog = Backlog(),
            Setup = new StatusSetup { Tags = settings.Current.TagsFromStash.Length > 0 ? null : settings.Current.Tags.Count },
            Damaged = damage.Latest,
            Queue = queue is null ? null : await queue.StatusAsync(cancellationToken),
        };
    }

    /// <summary>
    /// Counts what carries a request tag again and again until it is cancelled, so that whoever watches sees it. That Stash does not
    /// answer is no failure here; the status says it.
    /// </summary>
    public async Task CountWhileWatchedAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(RecountInterval, time);
        try
        {
            do
            {
                await CountAsync(cancellationToken);
            } while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody watches any more.
        }
    }

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        // Several watchers count once.
        if ((time.GetUtcNow() - requested.Last?.At)?.Duration() < RecountInterval / 2)
        {
            return;
        }

        try
        {
            await requested.CountAsync(cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Told by the status as the last thing that Stash said.
        }
    }

    private StatusBacklog? Backlog()
    {
        var tags = settings.Current.StashTags;
        return requested.Last is { } last
            ? new StatusBacklog
            {
                ScenesToTag = last.Counts.TagMe,
                ScenesToUpdate = last.Counts.UpdateMe,
                ImagesToTag = last.Counts.Images,
                GalleriesToTag = last.Counts.Galleries,
                TagMe = tags.TagMe,
                UpdateMe = tags.UpdateMe,
                AsOf = last.At,
            }
            : null;
    }

    private async Task<IReadOnlyList<InstanceResponse>> ListAsync(RuntimeStatus[] statuses, CancellationToken cancellationToken)
    {
        var page = await client.ListAsync(new InstanceQuery { Statuses = statuses, Top = Shown }, cancellationToken);
        return [.. page.Instances.Select(i => InstanceResponse.From(i, live))];
    }
}
