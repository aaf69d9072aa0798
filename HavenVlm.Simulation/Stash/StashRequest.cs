using System.Collections.Concurrent;

namespace HavenVlm.Simulation.Stash;

/// <summary>A request to <c>/graphql</c> that was understood.</summary>
/// <param name="OperationName">The name that the client gave the operation; may be empty.</param>
/// <param name="IsMutation">Whether it may change something.</param>
/// <param name="RootFields">What it calls, in order: several when calls are batched by aliases.</param>
/// <param name="Variables">Its variables, as JSON.</param>
/// <param name="Query">Its text.</param>
public sealed record StashRequest(string OperationName, bool IsMutation, IReadOnlyList<string> RootFields, string Variables, string Query);

/// <summary>What was asked of the simulated Stash, in order.</summary>
public sealed class StashRequestLog
{
    private readonly ConcurrentQueue<StashRequest> _requests = new();
    private readonly ConcurrentQueue<string> _notSimulated = new();

    /// <summary>Everything since the start or since the last <see cref="Clear"/>.</summary>
    public IReadOnlyList<StashRequest> All => [.. _requests];

    /// <summary>The requests that may have changed something.</summary>
    public IReadOnlyList<StashRequest> Mutations => [.. _requests.Where(request => request.IsMutation)];

    /// <summary>How many single changes were asked for; a batch of aliases counts each.</summary>
    public int MutationCount => _requests.Where(request => request.IsMutation).Sum(request => request.RootFields.Count);

    /// <summary>What was asked that the real server has and this one does not simulate. A test that meets this has proved nothing.</summary>
    public IReadOnlyList<string> NotSimulated => [.. _notSimulated];

    /// <summary>How often a field of <c>Query</c> or <c>Mutation</c> was called.</summary>
    public int Count(string rootField) => _requests.Sum(request => request.RootFields.Count(field => field == rootField));

    /// <summary>Forgets what was asked so far.</summary>
    public void Clear()
    {
        _requests.Clear();
        _notSimulated.Clear();
    }

    internal void Add(StashRequest request) => _requests.Enqueue(request);

    internal void AddNotSimulated(string what) => _notSimulated.Enqueue(what);
}
