namespace HavenVlm.Core.Api;

/// <summary>
/// A queue in which requests wait for this program: a host in the cloud brings one, so that hooks are answered at once and other
/// programs can ask for work by a message. On one machine there is none.
/// </summary>
public interface IPendingRequests
{
    /// <summary>Puts a request there; it is stored when this returns.</summary>
    /// <param name="json">See <see cref="QueuedRequest"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SendAsync(string json, CancellationToken cancellationToken);

    /// <summary>How many wait and how many were given up.</summary>
    Task<QueueStatus> StatusAsync(CancellationToken cancellationToken);
}

/// <summary>The queue of requests, in <c>GET /api/status</c>.</summary>
public sealed record QueueStatus
{
    /// <summary>Name of the queue.</summary>
    public required string Name { get; init; }

    /// <summary>Requests that wait, about.</summary>
    public int Waiting { get; init; }

    /// <summary>Requests that could not be taken and lie aside, about.</summary>
    public int Poisoned { get; init; }

    /// <summary>Name of the queue in which these lie.</summary>
    public required string PoisonQueue { get; init; }
}
