using System.Text.Json;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Workflows.Ports;

/// <summary>Starts and controls orchestration instances.</summary>
public interface IOrchestrationClient
{
    /// <summary>
    /// Starts an instance. When one of that id is pending, running or suspended it is joined instead and false is returned;
    /// an ended one is replaced.
    /// </summary>
    Task<bool> StartAsync(string name, string instanceId, object? input, CancellationToken cancellationToken);

    /// <summary>The state of an instance, or null when there is none.</summary>
    Task<OrchestrationInstance?> GetAsync(string instanceId, bool withInput, CancellationToken cancellationToken);

    /// <summary>Instances, latest created first, page by page.</summary>
    Task<InstancePage> ListAsync(InstanceQuery query, CancellationToken cancellationToken);

    /// <summary>Ends an instance; nothing happens when it ended already. Running activities are not stopped by it, they watch for it.</summary>
    Task TerminateAsync(string instanceId, string reason, CancellationToken cancellationToken);

    /// <summary>Stops delivering events to an instance until it is resumed.</summary>
    Task SuspendAsync(string instanceId, string reason, CancellationToken cancellationToken);

    /// <summary>Goes on with a suspended instance.</summary>
    Task ResumeAsync(string instanceId, string reason, CancellationToken cancellationToken);

    /// <summary>Starts an ended instance again with its name, input and id; false when there is none or it has not ended.</summary>
    Task<bool> RetryAsync(string instanceId, string reason, CancellationToken cancellationToken);

    /// <summary>Forgets an ended instance; false when there is none or it has not ended.</summary>
    Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken);
}

/// <summary>The states of an instance, named as Durable Functions names them.</summary>
public enum RuntimeStatus
{
    /// <summary>Accepted, not yet begun.</summary>
    Pending,

    /// <summary>Begun.</summary>
    Running,

    /// <summary>Held by a user.</summary>
    Suspended,

    /// <summary>Ended well.</summary>
    Completed,

    /// <summary>Ended by a failure.</summary>
    Failed,

    /// <summary>Ended by a user.</summary>
    Terminated,
}

/// <summary>One instance's state.</summary>
public sealed record OrchestrationInstance
{
    /// <summary>Name of its orchestrator.</summary>
    public required string Name { get; init; }

    /// <summary>Its id.</summary>
    public required InstanceId InstanceId { get; init; }

    /// <summary>Its state.</summary>
    public required RuntimeStatus RuntimeStatus { get; init; }

    /// <summary>Its input, when it was asked for.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>What it last set as custom status.</summary>
    public JsonElement? CustomStatus { get; init; }

    /// <summary>Its output; the reason as text when it failed or was terminated.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset CreatedTime { get; init; }

    /// <summary>When it last changed.</summary>
    public required DateTimeOffset LastUpdatedTime { get; init; }

    /// <summary>Whether it has ended, well or not.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasEnded => RuntimeStatus is RuntimeStatus.Completed or RuntimeStatus.Failed or RuntimeStatus.Terminated;
}

/// <summary>Which instances to list; null = any.</summary>
public sealed record InstanceQuery
{
    /// <summary>Only these states; empty = any.</summary>
    public IReadOnlyCollection<RuntimeStatus> Statuses { get; init; } = [];

    /// <summary>Only ids that begin so.</summary>
    public string? Prefix { get; init; }

    /// <summary>Only instances created at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only instances created before this.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Most instances of a page, 1 to 1000.</summary>
    public int Top { get; init; } = 100;

    /// <summary>Where the last page ended; null = from the beginning.</summary>
    public string? Continuation { get; init; }

    /// <summary>Whether inputs are wanted.</summary>
    public bool WithInput { get; init; }
}

/// <summary>One page of instances.</summary>
/// <param name="Instances">The instances.</param>
/// <param name="Continuation">Pass on for the next page; null = that was the last one.</param>
public sealed record InstancePage(IReadOnlyList<OrchestrationInstance> Instances, string? Continuation);
