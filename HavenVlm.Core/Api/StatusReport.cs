using System.Reflection;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash;
using HavenVlm.Core.Vlm;
using HavenVlm.Core.Workflows;

namespace HavenVlm.Core.Api;

/// <summary>Answer of <c>GET /api/status</c>.</summary>
public sealed record StatusResponse
{
    /// <summary>Version of Haven VLM.</summary>
    public required string Version { get; init; }

    /// <summary>When this process began to serve.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>What is known of Stash.</summary>
    public required StashStatus Stash { get; init; }

    /// <summary>The endpoints.</summary>
    public required IReadOnlyList<EndpointStatus> Endpoints { get; init; }

    /// <summary>Instances that have not ended, latest first.</summary>
    public required IReadOnlyList<InstanceResponse> Running { get; init; }

    /// <summary>Instances that have ended, latest first.</summary>
    public required IReadOnlyList<InstanceResponse> Recent { get; init; }

    /// <summary>Sums since this process began.</summary>
    public required StatusTotals Totals { get; init; }
}

/// <summary>What is known of Stash.</summary>
public sealed record StashStatus
{
    /// <summary>Its address.</summary>
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
    LiveProgress live,
    SettingsSource settings,
    TimeProvider time
)
{
    private const int Shown = 50;
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public TimeProvider Time => time;

    /// <summary>Version of the product.</summary>
    public static string Version { get; } =
        typeof(StatusReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "0";

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
            Running = await ListAsync([RuntimeStatus.Pending, RuntimeStatus.Running, RuntimeStatus.Suspended], cancellationToken),
            Recent = await ListAsync([RuntimeStatus.Completed, RuntimeStatus.Failed, RuntimeStatus.Terminated], cancellationToken),
            Totals = new StatusTotals
            {
                Requests = endpoints.Sum(e => e.Requests),
                Errors = endpoints.Sum(e => e.Errors),
                InFlight = endpoints.Sum(e => e.InFlight),
            },
        };
    }

    private async Task<IReadOnlyList<InstanceResponse>> ListAsync(RuntimeStatus[] statuses, CancellationToken cancellationToken)
    {
        var page = await client.ListAsync(new InstanceQuery { Statuses = statuses, Top = Shown }, cancellationToken);
        return [.. page.Instances.Select(i => InstanceResponse.From(i, live))];
    }
}
