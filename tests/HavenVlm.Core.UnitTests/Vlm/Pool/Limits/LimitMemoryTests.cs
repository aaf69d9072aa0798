using System.Text;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Pool.Limits;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Core.UnitTests.Vlm.Pool.Limits;

public sealed class LimitMemoryTests : IDisposable
{
    private static readonly string Key = LimitMemory.Key("http://one/v1", "qwen", 768, 1);
    private readonly StoreFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 12, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_limit_outlives_the_process_for_its_server_model_and_picture_size()
    {
        await NoteAsync(12);
        using var next = new LimitMemory(_folder.Store, _time);
        await next.SynchronizeAsync(CancellationToken.None);

        Assert.Equal(12, next.Find(Key));
        Assert.Equal(12, next.Find(LimitMemory.Key("http://one/v1/", "qwen", 768, 1)));
        Assert.Null(next.Find(LimitMemory.Key("http://one/v1", "qwen", 1024, 1)));
        Assert.Null(next.Find(LimitMemory.Key("http://one/v1", "other", 768, 1)));
        Assert.Equal(new LimitStart(6, 12), LimitStart.Learned(12));
    }

    [Fact]
    public async Task After_seven_days_it_is_forgotten()
    {
        await NoteAsync(12);
        _time.Advance(TimeSpan.FromDays(7));
        using var next = new LimitMemory(_folder.Store, _time);
        await next.SynchronizeAsync(CancellationToken.None);

        Assert.Null(next.Find(Key));
    }

    [Fact]
    public async Task One_noted_by_a_clock_that_ran_far_ahead_is_forgotten_and_noted_again()
    {
        _time.Advance(TimeSpan.FromDays(3650));
        await NoteAsync(12);
        var corrected = new FakeTimeProvider(_time.Start);
        using var next = new LimitMemory(_folder.Store, corrected);
        await next.SynchronizeAsync(CancellationToken.None);
        Assert.Null(next.Find(Key));

        next.Note(Key, 12);
        await next.SynchronizeAsync(CancellationToken.None);

        Assert.Equal(12, next.Find(Key));
    }

    [Fact]
    public async Task Another_instance_hears_of_it_within_a_minute()
    {
        using var other = new LimitMemory(_folder.Store, _time);
        await other.SynchronizeAsync(CancellationToken.None);
        await NoteAsync(6);
        _time.Advance(TimeSpan.FromMinutes(1));

        await other.SynchronizeAsync(CancellationToken.None);

        Assert.Equal(6, other.Find(Key));
    }

    [Fact]
    public async Task A_damaged_file_is_as_good_as_none()
    {
        _ = await _folder.Store.WriteOnceAsync("endpoints/limits.json", Encoding.UTF8.GetBytes("{\"a"), CancellationToken.None);
        using var memory = new LimitMemory(_folder.Store, _time);

        await memory.SynchronizeAsync(CancellationToken.None);
        memory.Note(Key, 5);
        await memory.SynchronizeAsync(CancellationToken.None);

        Assert.Equal(5, memory.Find(Key));
    }

    private async Task NoteAsync(int limit)
    {
        using var memory = new LimitMemory(_folder.Store, _time);
        memory.Note(Key, limit);
        await memory.SynchronizeAsync(CancellationToken.None);
    }
}
