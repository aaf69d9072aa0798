namespace HavenVlm.Core.Vlm.Pool;

/// <summary>
/// The requests that wait, first come first served. Repeated ones are kept apart because their exclusions make them unequal: they are
/// few and each is examined; the fresh ones are alike, so when the first can't be placed none can.
/// </summary>
internal sealed class WaitingQueue
{
    private readonly LinkedList<WaitingRequest> _fresh = [];
    private readonly SortedDictionary<long, List<WaitingRequest>> _repeated = [];

    /// <summary>Requests waiting.</summary>
    public int Count { get; private set; }

    /// <summary>The fresh request that has waited longest.</summary>
    public WaitingRequest? FirstFresh => _fresh.First?.Value;

    /// <summary>Adds a request at its place.</summary>
    public void Add(WaitingRequest request)
    {
        Count++;
        if (IsRepeated(request))
        {
            if (!_repeated.TryGetValue(request.Order, out var same))
            {
                _repeated[request.Order] = same = [];
            }

            same.Add(request);
            return;
        }

        // A request that got no slot after all comes back to its old place, which is near the front.
        var before = _fresh.Last;
        if (before is null || before.Value.Order < request.Order)
        {
            _fresh.AddLast(request);
            return;
        }

        var node = _fresh.First;
        while (node is not null && node.Value.Order < request.Order)
        {
            node = node.Next;
        }

        _fresh.AddBefore(node!, request);
    }

    /// <summary>Takes a request out; false when it is no longer there.</summary>
    public bool Remove(WaitingRequest request)
    {
        if (!IsRepeated(request))
        {
            return Counted(RemoveFresh(request));
        }

        if (!_repeated.TryGetValue(request.Order, out var same) || !same.Remove(request))
        {
            return false;
        }

        if (same.Count == 0)
        {
            _repeated.Remove(request.Order);
        }

        return Counted(removed: true);
    }

    /// <summary>The repeated requests, oldest first.</summary>
    public IReadOnlyList<WaitingRequest> Repeated() => _repeated.Count == 0 ? [] : [.. _repeated.Values.SelectMany(same => same)];

    /// <summary>Everybody, to be told that waiting is in vain.</summary>
    public List<WaitingRequest> All() => [.. Repeated(), .. _fresh];

    private static bool IsRepeated(WaitingRequest request) => request.IsHedge || request.Tried.Count > 0;

    // Nearly always the first; a cancelled one is anywhere.
    private bool RemoveFresh(WaitingRequest request) => _fresh.Remove(request);

    private bool Counted(bool removed)
    {
        Count -= removed ? 1 : 0;
        return removed;
    }
}
