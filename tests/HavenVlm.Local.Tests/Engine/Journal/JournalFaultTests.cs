using System.Diagnostics;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Tests.Engine;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Local.Tests.Engine.Journal;

/// <summary>A disk that refuses: nothing goes on, nothing is lost, and it is said why.</summary>
public sealed class JournalFaultTests : IAsyncDisposable
{
    private readonly EngineHarness _harness = new();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task While_nothing_can_be_written_orchestrators_do_not_go_on_and_then_they_do()
    {
        _harness.Define<string, string>(
            "Two",
            async (context, _) =>
                await context.CallActivityAsync<string>("Gated", "first") + await context.CallActivityAsync<string>("Echo", "second")
        );
        await _harness.StartAsync();
        await _harness.BeginAsync("Two", "");
        await _harness.Gates.ArrivalAsync("first");
        await _harness.UntilAsync(() => _harness.Engine.ReadHistory("one").Count == 3);

        await using (var other = new SqliteConnection($"Data Source={_harness.DatabasePath};Pooling=False"))
        {
            await other.OpenAsync();
            await using var transaction = await other.BeginTransactionAsync();
            _harness.Gates.Open("first");
            await _harness.UntilAsync(() => _harness.Engine.Fault is not null);
            Assert.Contains("is in use by another program", _harness.Engine.Fault, StringComparison.Ordinal);
            Assert.Equal(["first"], _harness.Gates.Log, StringComparer.Ordinal);
            Assert.Equal(
                RuntimeStatus.Running,
                (await _harness.Engine.GetAsync("one", withInput: false, CancellationToken.None))?.RuntimeStatus
            );

            var refused = await Assert.ThrowsAsync<JournalException>(() => _harness.BeginAsync("Two", "", "two"));
            Assert.Equal(_harness.Engine.Fault, refused.Message);
            await transaction.RollbackAsync();
        }

        Assert.Equal("firstsecond", (await _harness.EndOfAsync()).Output?.GetString());
        Assert.Null(_harness.Engine.Fault);
        Assert.Null(await _harness.Engine.GetAsync("two", withInput: false, CancellationToken.None));
        Assert.Single(_harness.Logs.Lines, l => l.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_journal_that_was_emptied_is_no_silent_new_one()
    {
        await File.WriteAllBytesAsync(_harness.DatabasePath, []);

        await _harness.StartAsync();

        Assert.Single(
            _harness.Logs.Lines,
            line => line.Level == LogLevel.Warning && line.Message.Contains("was empty", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_first_start_makes_a_journal_without_a_word()
    {
        await _harness.StartAsync();

        Assert.DoesNotContain(_harness.Logs.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_full_disk_is_named_and_work_goes_on_when_there_is_space()
    {
        var folder = Path.Combine(_harness.Folder, "small");
        Directory.CreateDirectory(folder);
        Assert.SkipUnless(await TryRunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder), "A small disk cannot be made here.");
        try
        {
            await using var harness = new EngineHarness(folder);
            harness.Define<string, string>(
                "Two",
                async (context, _) =>
                    await context.CallActivityAsync<string>("Gated", "first")
                    + await context.CallActivityAsync<string>("Echo", new string('x', 20_000))
            );
            await harness.StartAsync();
            await harness.BeginAsync("Two", "");
            await harness.Gates.ArrivalAsync("first");
            var filler = Path.Combine(folder, "filler");
            Fill(filler);

            harness.Gates.Open("first");
            await harness.UntilAsync(() => harness.Engine.Fault is not null);
            Assert.Contains("The disk that holds the journal", harness.Engine.Fault, StringComparison.Ordinal);
            Assert.Contains("is full", harness.Engine.Fault, StringComparison.Ordinal);

            File.Delete(filler);
            var ended = await harness.EndOfAsync();
            Assert.Equal(RuntimeStatus.Completed, ended.RuntimeStatus);
            Assert.Equal(20_005, ended.Output?.GetString()?.Length);
        }
        finally
        {
            await TryRunAsync("umount", folder);
        }
    }

    [Fact]
    public async Task A_removed_data_folder_is_noticed_and_work_goes_on_when_it_is_back()
    {
        _harness.Define<string, string>("One", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await _harness.StartAsync();
        await _harness.BeginAsync("One", "gate");
        await _harness.Gates.ArrivalAsync("gate");
        var elsewhere = _harness.Folder + "-away";
        Directory.Move(_harness.Folder, elsewhere);

        _harness.Gates.Open("gate");
        await _harness.UntilAsync(() => _harness.Engine.Fault is not null);
        Assert.Equal($"The journal {_harness.DatabasePath} was removed. Bring it back, or restart.", _harness.Engine.Fault);
        await Assert.ThrowsAsync<JournalException>(() => _harness.BeginAsync("One", "gate", "two"));

        Directory.Move(elsewhere, _harness.Folder);
        Assert.Equal("gate", (await _harness.EndOfAsync()).Output?.GetString());
        Assert.Null(_harness.Engine.Fault);
    }

    [Fact]
    public async Task Stopping_while_nothing_can_be_written_loses_nothing_that_counts()
    {
        _harness.Define<string, string>("One", (context, gate) => context.CallActivityAsync<string>("Gated", gate));
        await _harness.StartAsync();
        await _harness.BeginAsync("One", "gate");
        await _harness.Gates.ArrivalAsync("gate");
        await _harness.UntilAsync(() => _harness.Engine.ReadHistory("one").Count == 3);
        await using (var other = new SqliteConnection($"Data Source={_harness.DatabasePath};Pooling=False"))
        {
            await other.OpenAsync();
            await using var transaction = await other.BeginTransactionAsync();
            _harness.Gates.Open("gate");
            await _harness.UntilAsync(() => _harness.Engine.Fault is not null);

            await _harness.StopAsync();
        }

        await _harness.StartAsync();
        Assert.Equal("gate", (await _harness.EndOfAsync()).Output?.GetString());
    }

    [Fact]
    public async Task An_unwritable_entry_leaves_the_others()
    {
        _harness.Define<string, string>("Same", (_, text) => Task.FromResult(text));
        await _harness.StartAsync();
        await using (var other = new SqliteConnection($"Data Source={_harness.DatabasePath};Pooling=False"))
        {
            await other.OpenAsync();
            await using var command = other.CreateCommand();
            command.CommandText =
                "CREATE TRIGGER broken BEFORE INSERT ON instances WHEN new.id = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END";
            await command.ExecuteNonQueryAsync();
        }

        var starts = ((string[])["a", "bad", "b"]).Select(id => _harness.BeginAsync("Same", id, id)).ToArray();

        Assert.True(await starts[0]);
        await Assert.ThrowsAsync<SqliteException>(() => starts[1]);
        Assert.True(await starts[2]);
        Assert.Equal("b", (await _harness.EndOfAsync("b")).Output?.GetString());
    }

    [Fact]
    public async Task A_damaged_journal_that_was_not_closed_is_refused_at_the_start()
    {
        _harness.Define<int, int>("Same", (_, number) => Task.FromResult(number));
        await _harness.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 500).Select(n => _harness.BeginAsync("Same", n, $"n-{n}")));
        await _harness.StopAsync();
        Damage(_harness.DatabasePath);
        // As a crash leaves it.
        await File.WriteAllBytesAsync(_harness.DatabasePath + "-wal", new byte[100]);

        var e = await Assert.ThrowsAsync<JournalException>(_harness.StartAsync);

        Assert.StartsWith($"The journal {_harness.DatabasePath} is damaged", e.Message, StringComparison.Ordinal);
        Assert.Contains("answers already paid for are kept", e.Message, StringComparison.Ordinal);
    }

    private static void Damage(string path)
    {
        using var file = new FileStream(path, FileMode.Open);
        for (var page = 2; page < file.Length / 4096; page += 2)
        {
            file.Position = (page * 4096) + 3;
            file.Write([.. Enumerable.Repeat((byte)0xEE, 200)]);
        }
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[1024]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task<bool> TryRunAsync(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false }
        )!;
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
