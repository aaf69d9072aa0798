namespace HavenVlm.StoreContract;

/// <summary>Named locks.</summary>
public abstract class LockContract<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task A_lock_is_held_by_one_at_a_time()
    {
        var inside = 0;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => UseAsync()));

        async Task UseAsync()
        {
            await using var held = await Store.LockAsync("tags", CancellationToken.None);
            Assert.Equal(1, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
        }
    }

    [Fact]
    public async Task Waiting_for_a_lock_can_be_given_up()
    {
        var held = await Store.LockAsync("tags", CancellationToken.None);
        using var giveUp = new CancellationTokenSource();
        var waiting = Store.LockAsync("tags", giveUp.Token);
        await using var other = await Store.LockAsync("other", CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await held.DisposeAsync();
        await held.DisposeAsync();
        await using var again = await Store.LockAsync("tags", CancellationToken.None);
    }

    [Fact]
    public async Task A_lock_does_not_hinder_reading_and_writing_under_the_same_name()
    {
        await using var held = await Store.LockAsync("a", CancellationToken.None);
        Assert.True(await Store.WriteOnceAsync("a", Bytes("x"), CancellationToken.None));
        Assert.Equal(["a"], await ListAsync(""));
    }
}
