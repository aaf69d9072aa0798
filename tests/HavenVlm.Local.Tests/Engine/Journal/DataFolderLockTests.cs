using HavenVlm.Local.Engine.Journal;
using HavenVlm.Tests.Engine;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace HavenVlm.Local.Tests.Engine.Journal;

public sealed class DataFolderLockTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_process_is_refused_with_the_holder()
    {
        using var first = await TakeAsync();
        first.SetAddress("http://127.0.0.1:7071");

        var e = await Assert.ThrowsAsync<DataFolderInUseException>(TakeAsync);

        var holder = new DataFolderHolder(Environment.ProcessId, Environment.MachineName, _time.GetUtcNow(), "http://127.0.0.1:7071");
        Assert.Equal(holder, e.Holder);
        Assert.Equal(
            $"The data folder {_folder.Path} is in use by process {Environment.ProcessId} on {Environment.MachineName}, "
                + "since 2026-03-01 10:00:00 UTC, listening on http://127.0.0.1:7071. Stop that one, or use another storage.dataDir.",
            e.Message
        );
        Assert.Equal(holder, DataFolderLock.TryReadHolder(_folder.Path));
    }

    [Fact]
    public async Task Names_a_folder_that_cannot_be_created()
    {
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "");

        var e = await Assert.ThrowsAsync<IOException>(() => DataFolderLock.AcquireAsync(Path.Combine(file, "data"), _time, default));

        Assert.StartsWith($"The data folder {Path.Combine(file, "data")} cannot be written: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("storage.dataDir", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Can_be_acquired_again_after_release()
    {
        (await TakeAsync()).Dispose();

        Assert.Null(DataFolderLock.TryReadHolder(_folder.Path));
        using var second = await TakeAsync();
        Assert.NotNull(DataFolderLock.TryReadHolder(_folder.Path));
    }

    [Fact]
    public void Nobody_holds_a_folder_that_is_not_there() =>
        Assert.Null(DataFolderLock.TryReadHolder(Path.Combine(_folder.Path, "missing")));

    [Fact]
    public async Task What_a_killed_process_left_does_not_count()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "haven.lock"), "");
        await File.WriteAllTextAsync(
            Path.Combine(_folder.Path, "haven.lock.json"),
            """{"processId":1,"machine":"nas","since":"2026-01-01T00:00:00Z"}"""
        );

        Assert.Null(DataFolderLock.TryReadHolder(_folder.Path));
        using var taken = await TakeAsync();
        Assert.Equal(Environment.ProcessId, DataFolderLock.TryReadHolder(_folder.Path)?.ProcessId);
    }

    [Fact]
    public async Task Reading_the_holder_does_not_disturb_the_lock()
    {
        using var stop = new CancellationTokenSource();
        var looking = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                DataFolderLock.TryReadHolder(_folder.Path);
                Thread.Sleep(1);
            }
        });

        for (var i = 0; i < 20; i++)
        {
            (await TakeAsync()).Dispose();
        }

        await stop.CancelAsync();
        await looking;
    }

    [Fact]
    public async Task Releasing_twice_is_harmless()
    {
        var taken = await TakeAsync();
        taken.Dispose();
        taken.Dispose();

        Assert.Null(DataFolderLock.TryReadHolder(_folder.Path));
    }

    [Fact]
    public async Task A_deleted_lock_file_lets_nobody_else_open_a_journal_in_use()
    {
        await using var first = new EngineHarness();
        await first.StartAsync();
        File.Delete(Path.Combine(first.Folder, "haven.lock"));

        var e = await Assert.ThrowsAsync<DataFolderInUseException>(() =>
            DataFolderLock.AcquireAsync(first.Folder, _time, CancellationToken.None)
        );

        Assert.Equal(Environment.ProcessId, e.Holder?.ProcessId);
        Assert.Equal(Environment.ProcessId, DataFolderLock.TryReadHolder(first.Folder)?.ProcessId);
    }

    [Fact]
    public async Task Taking_a_folder_leaves_the_journal_of_a_crash_to_be_checked()
    {
        await using var crashed = new EngineHarness();
        await crashed.StartAsync();
        foreach (var file in (string[])["engine.db", "engine.db-wal"])
        {
            File.Copy(Path.Combine(crashed.Folder, file), Path.Combine(_folder.Path, file));
        }

        var left = new FileInfo(Path.Combine(_folder.Path, "engine.db-wal"));
        Assert.NotEqual(0, left.Length);

        using var taken = await TakeAsync();

        left.Refresh();
        Assert.True(left.Exists);
        Assert.NotEqual(0, left.Length);
    }

    private Task<DataFolderLock> TakeAsync() => DataFolderLock.AcquireAsync(_folder.Path, _time, CancellationToken.None);
}
