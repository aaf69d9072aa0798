using HavenVlm.Functions.Storage;
using HavenVlm.Functions.Storage.Artifacts;

namespace HavenVlm.Azurite.Tests.Storage;

/// <summary>Calls that fail on the way: broken connections, lost acknowledgements, a busy service.</summary>
public sealed class StorageFaultTests(AzuriteServer azurite) : IAsyncLifetime
{
    private FaultProxy _proxy = null!;
    private AzureStorage _storage = null!;
    private BlobArtifactStore _store = null!;

    private BlobArtifactStore Direct => AzuriteServer.Store(azurite.Open(_storage.Container.Name));

    public async ValueTask InitializeAsync()
    {
        _proxy = await FaultProxy.StartAsync(azurite);
        _storage = await azurite.NewStorageAsync(azurite.ConnectionStringVia(_proxy.Port));
        _store = AzuriteServer.Store(_storage);
    }

    public async ValueTask DisposeAsync() => await _proxy.DisposeAsync();

    [Theory]
    [InlineData(nameof(Fault.CutBefore))]
    [InlineData(nameof(Fault.CutAfter))]
    [InlineData(nameof(Fault.Busy))]
    public async Task A_group_whose_append_failed_on_the_way_is_there_exactly_once(string fault)
    {
        await BlobLogTests.AppendAsync(_store, "log", "before", 2);
        _proxy.Once(FaultProxy.IsAppend, Enum.Parse<Fault>(fault));
        await BlobLogTests.AppendAsync(_store, "log", "after", 2);
        Assert.Equal(BlobLogTests.Lines("before", 2) + BlobLogTests.Lines("after", 2), await BlobLogTests.ReadAsync(Direct, "log"));
    }

    [Fact]
    public async Task A_group_that_reads_like_another_writers_is_appended_all_the_same()
    {
        await _store.AppendAsync("log", "same\n"u8.ToArray(), CancellationToken.None);
        await Direct.AppendAsync("log", "same\n"u8.ToArray(), CancellationToken.None);
        await _store.AppendAsync("log", "same\n"u8.ToArray(), CancellationToken.None);
        Assert.Equal("same\nsame\nsame\n", await BlobLogTests.ReadAsync(Direct, "log"));
    }

    [Fact]
    public async Task Storms_of_faults_lose_and_double_nothing()
    {
        var random = new Random(7);
        _proxy.Rule = _ =>
        {
            lock (random)
            {
                return random.Next(12) switch
                {
                    0 => Fault.CutBefore,
                    1 => Fault.CutAfter,
                    2 => Fault.Busy,
                    _ => Fault.None,
                };
            }
        };
        // A try takes several calls, each of which may fail: in so many tries nine failures in a row do happen.
        var patient = new BlobStoreLimits { AppendRetries = 40 };
        await Task.WhenAll(
            BlobLogTests.AppendAsync(AzuriteServer.Store(_storage, patient), "log", "one", 60),
            BlobLogTests.AppendAsync(AzuriteServer.Store(_storage, patient), "log", "two", 60)
        );
        await _store.SealAsync("log", CancellationToken.None);
        await BlobLogTests.AssertEachOnceInOrderAsync(Direct, "log", 60, "one", "two");
        await BlobLogTests.AssertEachOnceInOrderAsync(_store, "log", 60, "one", "two");
    }

    [Fact]
    public async Task A_service_that_stays_away_is_an_error_and_the_caller_may_try_again()
    {
        var store = AzuriteServer.Store(_storage, new BlobStoreLimits { AppendRetries = 2 });
        _proxy.Rule = _ => Fault.Busy;
        var e = await Record.ExceptionAsync(() => store.AppendAsync("log", "1\n"u8.ToArray(), CancellationToken.None));
        Assert.True(StorageFault.IsFault(e!, CancellationToken.None));
        Assert.Equal("HTTP 503 ServerBusy", StorageFault.Describe(e!));
        _proxy.Rule = _ => Fault.None;
        await store.AppendAsync("log", "1\n"u8.ToArray(), CancellationToken.None);
        Assert.Equal("1\n", await BlobLogTests.ReadAsync(Direct, "log"));
    }

    [Fact]
    public async Task Reports_the_first_write_when_its_acknowledgement_is_lost()
    {
        _proxy.Once(FaultProxy.IsPut, Fault.CutAfter);
        Assert.True(await _store.WriteOnceAsync("plan", "1"u8.ToArray(), CancellationToken.None));
        Assert.False(await _store.WriteOnceAsync("plan", "1"u8.ToArray(), CancellationToken.None));
    }

    [Fact]
    public async Task Returns_the_version_of_a_replacement_when_its_acknowledgement_is_lost()
    {
        var first = await _store.ReplaceAsync("record", "1"u8.ToArray(), expectedVersion: null, CancellationToken.None);
        _proxy.Once(FaultProxy.IsPut, Fault.CutAfter);
        var second = await _store.ReplaceAsync("record", "2"u8.ToArray(), first, CancellationToken.None);
        Assert.Equal((await Direct.ReadAsync("record", CancellationToken.None))!.Version, second);
        Assert.NotNull(await _store.ReplaceAsync("record", "3"u8.ToArray(), second, CancellationToken.None));
    }

    [Fact]
    public async Task A_seal_whose_acknowledgement_was_lost_is_done()
    {
        await BlobLogTests.AppendAsync(_store, "log", "x", 3);
        // The first is the compressed content, the second empties the part.
        _proxy.Once(FaultProxy.IsPut, Fault.CutAfter);
        _proxy.Once(FaultProxy.IsPut, Fault.CutAfter);
        await _store.SealAsync("log", CancellationToken.None);
        var part = await LogBlobs.FindPartAsync(_storage.Container, "log", 0, CancellationToken.None);
        Assert.Equal(0, part!.Length);
        Assert.Equal(BlobLogTests.Lines("x", 3), await BlobLogTests.ReadAsync(Direct, "log"));
    }

    [Fact]
    public async Task Names_an_unusable_account_with_the_reason()
    {
        _proxy.Rule = _ => Fault.Busy;
        var storage = azurite.Open("some-container", azurite.ConnectionStringVia(_proxy.Port));
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => storage.PrepareAsync(CancellationToken.None));
        Assert.Contains($"127.0.0.1:{_proxy.Port}", e.Message, StringComparison.Ordinal);
        Assert.Contains("HTTP 503 ServerBusy", e.Message, StringComparison.Ordinal);
    }
}
