using Azure.Storage.Blobs.Specialized;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Functions.Storage;
using HavenVlm.Functions.Storage.Leases;
using HavenVlm.Functions.Storage.Slots;
using Microsoft.Extensions.Logging.Abstractions;

namespace HavenVlm.Azurite.Tests.Storage;

/// <summary>Slots shared by several processes; here each is an object with clients of its own.</summary>
public sealed class LeaseSlotsTests(AzuriteServer azurite) : IAsyncLifetime
{
    private static readonly LeaseSlotTimes Quick = new()
    {
        Lease = new LeaseTimes { Duration = TimeSpan.FromSeconds(15), RenewEvery = TimeSpan.FromSeconds(1) },
        Turn = TimeSpan.FromSeconds(2),
        KeepIdle = TimeSpan.FromSeconds(1),
        Rest = TimeSpan.FromSeconds(1),
        PollInterval = TimeSpan.FromMilliseconds(100),
        AnnounceInterval = TimeSpan.FromMilliseconds(500),
        MaintenanceInterval = TimeSpan.FromMilliseconds(100),
    };

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly List<LeaseSlots> _made = [];
    private FaultProxy _proxy = null!;
    private AzureStorage _storage = null!;

    public async ValueTask InitializeAsync()
    {
        _proxy = await FaultProxy.StartAsync(azurite);
        _storage = await azurite.NewStorageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slots in _made)
        {
            await slots.DisposeAsync();
        }

        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Two_processes_together_never_have_more_slots_than_there_are()
    {
        var (one, two) = (NewSlots(), NewSlots());
        var taken = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(i => (i % 2 == 0 ? one : two).TryAcquireAsync("e", 5, CancellationToken.None).AsTask())
        );
        Assert.Equal(5, taken.Count(slot => slot is not null));
        Assert.Null(await one.TryAcquireAsync("e", 5, CancellationToken.None));
        Assert.NotNull(await one.TryAcquireAsync("other", 1, CancellationToken.None));
    }

    [Fact]
    public async Task A_slot_serves_one_request_after_the_other_without_a_call()
    {
        var slots = NewSlots(viaProxy: true);
        await (await TakeAsync(slots, 1)).DisposeAsync();
        var released = 0;
        slots.Released += _ => released++;
        var calls = _proxy.Calls;
        for (var i = 0; i < 200; i++)
        {
            await (await slots.TryAcquireAsync("e", 1, CancellationToken.None))!.DisposeAsync();
        }

        Assert.InRange(_proxy.Calls - calls, 0, 1);
        Assert.Equal(200, released);
    }

    [Fact]
    public async Task An_unused_slot_is_soon_there_for_others()
    {
        var (one, two) = (NewSlots(), NewSlots());
        await (await TakeAsync(one, 1)).DisposeAsync();
        await using var taken = await TakeAsync(two, 1);
        Assert.Null(await one.TryAcquireAsync("e", 1, CancellationToken.None));
    }

    [Fact]
    public async Task A_process_that_waits_gets_its_turn_of_a_slot_that_is_never_idle()
    {
        var (busy, waiting) = (NewSlots(), NewSlots());
        using var done = new CancellationTokenSource();
        var first = await TakeAsync(busy, 1);
        var working = WorkAsync();
        await using (await TakeAsync(waiting, 1))
        {
            await done.CancelAsync();
        }

        await working;

        async Task WorkAsync()
        {
            for (var slot = first; !done.IsCancellationRequested; slot = await busy.TryAcquireAsync("e", 1, CancellationToken.None))
            {
                await Task.Delay(20);
                await (slot?.DisposeAsync() ?? ValueTask.CompletedTask);
            }
        }
    }

    [Fact]
    public async Task A_process_alone_keeps_its_slots_turn_after_turn()
    {
        var slots = NewSlots();
        await using var one = await TakeAsync(slots, 2);
        await using var two = await TakeAsync(slots, 2);
        await Task.Delay(Quick.Turn * 2.5);
        Assert.False(one.Lost.IsCancellationRequested);
        Assert.False(two.Lost.IsCancellationRequested);
        await one.DisposeAsync();
        Assert.NotNull(await slots.TryAcquireAsync("e", 2, CancellationToken.None));
    }

    [Fact]
    public async Task Slots_beyond_a_lowered_number_are_given_back_when_their_requests_end()
    {
        var (one, two) = (NewSlots(), NewSlots());
        var slots = new List<IEndpointSlot>();
        for (var i = 0; i < 4; i++)
        {
            slots.Add(await TakeAsync(one, 4));
        }

        Assert.Null(await one.TryAcquireAsync("e", 2, CancellationToken.None));
        foreach (var slot in slots)
        {
            await slot.DisposeAsync();
        }

        await using var first = await TakeAsync(one, 2);
        await using var second = await TakeAsync(two, 2);
        Assert.Null(await one.TryAcquireAsync("e", 2, CancellationToken.None));
        Assert.Null(await two.TryAcquireAsync("e", 2, CancellationToken.None));
        await using var third = await TakeAsync(two, 3);
    }

    [Fact]
    public async Task A_lost_lease_tells_its_request_to_stop()
    {
        var slots = NewSlots();
        await using var slot = await TakeAsync(slots, 1);
        var lost = new TaskCompletionSource();
        await using var registration = slot.Lost.Register(lost.SetResult);
        var blob = _storage.Container.GetBlobClient(new SlotBlobs(_storage.Container, "e", "p", Quick).Slot(0));
        await blob.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero);
        await lost.Task.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_service_that_stays_away_ends_slots_before_others_could_have_them()
    {
        var slots = NewSlots(viaProxy: true);
        await using var slot = await TakeAsync(slots, 1);
        var lost = new TaskCompletionSource();
        await using var registration = slot.Lost.Register(lost.SetResult);
        _proxy.Rule = _ => Fault.Hang;
        var others = NewSlots();
        var since = TimeProvider.System.GetTimestamp();
        await lost.Task.WaitAsync(Deadline);
        Assert.InRange(TimeProvider.System.GetElapsedTime(since), TimeSpan.FromSeconds(9), Quick.Lease.Duration);
        Assert.Null(await others.TryAcquireAsync("e", 1, CancellationToken.None));
    }

    [Fact]
    public async Task Faults_of_the_service_are_no_slot_and_pass()
    {
        _proxy.Rule = _ => Fault.Busy;
        var slots = NewSlots(viaProxy: true);
        Assert.Null(await slots.TryAcquireAsync("e", 1, CancellationToken.None));
        var calls = _proxy.Calls;
        Assert.Null(await slots.TryAcquireAsync("e", 1, CancellationToken.None));
        Assert.Equal(calls, _proxy.Calls);
        _proxy.Rule = _ => Fault.None;
        _proxy.Once(_ => true, Fault.CutAfter);
        await using var slot = await TakeAsync(slots, 1);
    }

    [Fact]
    public async Task Clocks_that_are_wrong_do_not_matter()
    {
        var (early, late) = (NewSlots(time: new WrongClock(-3650)), NewSlots(time: new WrongClock(3650)));
        await using var slot = await TakeAsync(early, 1);
        Assert.Null(await late.TryAcquireAsync("e", 1, CancellationToken.None));
        await slot.DisposeAsync();
        await using var next = await TakeAsync(late, 1);
        Assert.False(next.Lost.IsCancellationRequested);
    }

    [Theory]
    [InlineData("LM Studio: PC #1 / öl")]
    [InlineData("..")]
    [InlineData("")]
    public async Task Endpoints_may_have_any_name(string name)
    {
        var slots = NewSlots();
        await using var slot = await slots.TryAcquireAsync(name, 1, CancellationToken.None);
        Assert.NotNull(slot);
        Assert.Null(await NewSlots().TryAcquireAsync(name, 1, CancellationToken.None));
        await using var other = await slots.TryAcquireAsync(name + "?", 1, CancellationToken.None);
        Assert.NotNull(other);
    }

    private LeaseSlots NewSlots(bool viaProxy = false, TimeProvider? time = null)
    {
        var storage = azurite.Open(_storage.Container.Name, viaProxy ? azurite.ConnectionStringVia(_proxy.Port) : null);
        var slots = new LeaseSlots(storage, Quick, time ?? TimeProvider.System, Random.Shared, NullLogger<LeaseSlots>.Instance);
        _made.Add(slots);
        return slots;
    }

    /// <summary>Asks again and again, as the pool does.</summary>
    private static async Task<IEndpointSlot> TakeAsync(LeaseSlots slots, int most)
    {
        using var limit = new CancellationTokenSource(Deadline);
        while (true)
        {
            if (await slots.TryAcquireAsync("e", most, limit.Token) is { } slot)
            {
                return slot;
            }

            await Task.Delay(50, limit.Token);
        }
    }

    private sealed class WrongClock(int days) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(days);
    }
}
