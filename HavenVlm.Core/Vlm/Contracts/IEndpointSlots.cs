namespace HavenVlm.Core.Vlm.Contracts;

/// <summary>
/// Keeps the promise <c>maxConcurrent</c> to an endpoint over every process that shares it.
/// On one machine a semaphore does; in the cloud slots are blob leases held for many requests.
/// </summary>
public interface IEndpointSlots
{
    /// <summary>Takes a slot if one is free; null when all are taken by others, then ask again when <see cref="Released"/> fires or shortly after.</summary>
    ValueTask<IEndpointSlot?> TryAcquireAsync(string endpoint, int maxConcurrent, CancellationToken cancellationToken);

    /// <summary>Raised when a slot may have become free, with the endpoint's name.</summary>
    event Action<string>? Released;
}

/// <summary>One slot, given back by disposing.</summary>
public interface IEndpointSlot : IAsyncDisposable
{
    /// <summary>Cancelled when the slot was lost and the request in it must stop.</summary>
    CancellationToken Lost { get; }
}
