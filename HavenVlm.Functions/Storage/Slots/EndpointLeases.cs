using HavenVlm.Functions.Storage.Leases;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Storage.Slots;

/// <summary>
/// The slots of one endpoint that this process holds. A held slot serves one request after the other without any call to the service. When
/// other processes wait, every turn some are given up, down to a fair share.
/// </summary>
internal sealed class EndpointLeases : IAsyncDisposable
{
    private readonly LeaseSlots _owner;
    private readonly string _endpoint;
    private readonly LeaseSlotTimes _times;
    private readonly SlotBlobs _blobs;
    private readonly ILogger _logger;
    private readonly Lock _sync = new();
    private readonly SemaphoreSlim _looking = new(1, 1);
    private readonly List<HeldSlot> _held = [];
    private readonly Queue<int> _candidates = [];
    private int _most;
    private TimeSpan _noneUntil;
    private TimeSpan _announcedWaiting = TimeSpan.MinValue;
    private bool _isFaulty;

    public EndpointLeases(LeaseSlots owner, string endpoint, SlotBlobs blobs, LeaseSlotTimes times, ILogger logger)
    {
        _owner = owner;
        _endpoint = endpoint;
        _blobs = blobs;
        _times = times;
        _logger = logger;
    }

    private TimeSpan Now => _owner.Now;

    /// <summary>A slot that is held already, else one that is free; null when there is none.</summary>
    public async ValueTask<HeldSlot?> TryUseAsync(int most, CancellationToken cancellationToken)
    {
        _most = most;
        if (TryUseHeld(out var slot))
        {
            return slot;
        }

        try
        {
            using var limit = _owner.LimitedBy(cancellationToken);
            while (await NextCandidateAsync(limit.Token) is { } index)
            {
                if (await TryTakeAsync(index, limit.Token) is { } taken)
                {
                    Recovered();
                    return taken;
                }
            }
        }
        catch (Exception e) when (StorageFault.IsFault(e, cancellationToken))
        {
            Fault(e);
        }

        return TryUseHeld(out slot) ? slot : null;
    }

    /// <summary>A request left its slot; true when the slot serves the next one.</summary>
    public async ValueTask<bool> LeaveAsync(HeldSlot slot)
    {
        lock (_sync)
        {
            slot.IsInUse = false;
            slot.IdleSince = Now;
            if (slot.IsFree)
            {
                return true;
            }

            _held.Remove(slot);
            Rest(slot);
        }

        await slot.Lease.DisposeAsync();
        return false;
    }

    /// <summary>Renews leases, gives back what is not needed, and ends turns when others wait.</summary>
    public async Task MaintainAsync(CancellationToken cancellationToken)
    {
        using var limit = _owner.LimitedBy(cancellationToken);
        try
        {
            await EndTurnsAsync(limit.Token);
        }
        catch (Exception e) when (StorageFault.IsFault(e, cancellationToken))
        {
            Fault(e);
        }

        List<HeldSlot> renewed;
        List<HeldSlot> ended;
        lock (_sync)
        {
            ended = _held.FindAll(slot => !slot.IsInUse && (!slot.IsFree || IsUnneeded(slot)));
            _held.RemoveAll(ended.Contains);
            ended.ForEach(Rest);
            renewed = _held.FindAll(slot => slot.Lease.IsRenewalDue && !slot.Lease.Lost.IsCancellationRequested);
        }

        await Task.WhenAll([.. ended.Select(slot => slot.Lease.DisposeAsync().AsTask()), .. renewed.Select(RenewAsync)]);

        async Task RenewAsync(HeldSlot slot)
        {
            try
            {
                await slot.Lease.RenewAsync(limit.Token);
            }
            catch (Exception e) when (StorageFault.IsFault(e, cancellationToken))
            {
                Fault(e);
            }
        }
    }

    /// <summary>Gives everything back.</summary>
    public async ValueTask DisposeAsync()
    {
        List<HeldSlot> held;
        lock (_sync)
        {
            held = [.. _held];
            _held.Clear();
            _noneUntil = TimeSpan.MaxValue;
        }

        await Task.WhenAll(held.Select(slot => slot.Lease.DisposeAsync().AsTask()));
        _looking.Dispose();
    }

    private bool IsUnneeded(HeldSlot slot) => slot.Index >= _most || Now - slot.IdleSince >= _times.KeepIdle;

    // After giving way the others come first.
    private void Rest(HeldSlot slot)
    {
        if (slot.IsEnding && _noneUntil < Now + _times.Rest)
        {
            _noneUntil = Now + _times.Rest;
            _candidates.Clear();
        }
    }

    private bool TryUseHeld(out HeldSlot? slot)
    {
        lock (_sync)
        {
            slot = _held.Find(each => each.IsFree && each.Index < _most);
            slot?.IsInUse = true;
        }

        return slot is not null;
    }

    /// <summary>A slot that was free at the last look; null when there is none. One looks for all.</summary>
    private async Task<int?> NextCandidateAsync(CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken);
        try
        {
            lock (_sync)
            {
                if (TryDequeue(out var known) || Now < _noneUntil)
                {
                    return known;
                }
            }

            var view = await _blobs.ReadAsync(_most, cancellationToken);
            lock (_sync)
            {
                var free = view.Free.Where(index => !_held.Exists(slot => slot.Index == index)).ToArray();
                // Processes that look at the same moment should not all try the same one.
                _owner.Random.Shuffle(free);
                foreach (var index in free)
                {
                    _candidates.Enqueue(index);
                }

                if (TryDequeue(out var first))
                {
                    return first;
                }

                _noneUntil = Now + _times.PollInterval;
                if (_announcedWaiting != TimeSpan.MinValue && Now - _announcedWaiting < _times.AnnounceInterval)
                {
                    return null;
                }

                _announcedWaiting = Now;
            }

            await _blobs.AnnounceWaitingAsync(cancellationToken);
            return null;
        }
        finally
        {
            _looking.Release();
        }
    }

    // Called under the lock. A slot is free for us only once per look: whoever has it then is asked at the next.
    private bool TryDequeue(out int? index)
    {
        while (_candidates.TryDequeue(out var next))
        {
            if (next < _most)
            {
                index = next;
                return true;
            }
        }

        index = null;
        return false;
    }

    private async Task<HeldSlot?> TryTakeAsync(int index, CancellationToken cancellationToken)
    {
        var lease = await BlobLease.TryTakeAsync(_owner.Container, _blobs.Slot(index), _times.Lease, _owner.Time, cancellationToken);
        if (lease is null)
        {
            return null;
        }

        lock (_sync)
        {
            var slot = new HeldSlot(index, lease, Now) { IsInUse = true };
            _held.Add(slot);
            return slot;
        }
    }

    private async Task EndTurnsAsync(CancellationToken cancellationToken)
    {
        lock (_sync)
        {
            if (!_held.Exists(IsTurnOver))
            {
                return;
            }
        }

        var view = await _blobs.ReadAsync(_most, cancellationToken);
        lock (_sync)
        {
            var over = _held.FindAll(IsTurnOver);
            if (view.Waiting > 0)
            {
                var share = _most / (view.Waiting + 1);
                var surplus = _held.Count(slot => !slot.IsEnding) - share;
                // The idle ones first: they are free at once.
                foreach (var slot in over.OrderBy(slot => slot.IsInUse).Take(Math.Max(0, surplus)))
                {
                    slot.IsEnding = true;
                }
            }

            foreach (var slot in over)
            {
                slot.TurnBegan = Now;
            }
        }
    }

    private bool IsTurnOver(HeldSlot slot) => !slot.IsEnding && Now - slot.TurnBegan >= _times.Turn;

    private void Fault(Exception e)
    {
        lock (_sync)
        {
            _noneUntil = Now + _times.PauseAfterFault;
            _candidates.Clear();
            if (_isFaulty)
            {
                return;
            }

            _isFaulty = true;
        }

        _logger.LogWarning("The slots of {Endpoint} cannot be asked for: {Reason}", _endpoint, StorageFault.Describe(e));
    }

    private void Recovered()
    {
        lock (_sync)
        {
            _isFaulty = false;
        }
    }
}
