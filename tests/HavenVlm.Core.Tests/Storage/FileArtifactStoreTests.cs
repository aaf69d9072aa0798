using System.Text;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Tests.Storage;

public sealed class FileArtifactStoreTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private FileArtifactStore Store => _folder.Store;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_written_once_keeps_its_first_content()
    {
        Assert.True(await Store.WriteOnceAsync("plans/a.json", Bytes("first"), CancellationToken.None));
        Assert.False(await Store.WriteOnceAsync("plans/a.json", Bytes("second"), CancellationToken.None));
        Assert.Equal("first", await TextAsync("plans/a.json"));
    }

    [Fact]
    public async Task Of_many_who_write_once_exactly_one_wins()
    {
        var won = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Store.WriteOnceAsync("plans/a.json", Bytes($"{i}"), CancellationToken.None))
        );
        var winner = Assert.Single(won.Index(), result => result.Item).Index;
        Assert.Equal($"{winner}", await TextAsync("plans/a.json"));
    }

    [Fact]
    public async Task Replacing_needs_the_version_that_is_there()
    {
        var first = await Store.ReplaceAsync("r", Bytes("1"), expectedVersion: null, CancellationToken.None);
        Assert.NotNull(first);
        Assert.Null(await Store.ReplaceAsync("r", Bytes("x"), expectedVersion: null, CancellationToken.None));
        var second = await Store.ReplaceAsync("r", Bytes("2"), first, CancellationToken.None);
        Assert.NotNull(second);
        Assert.Null(await Store.ReplaceAsync("r", Bytes("x"), first, CancellationToken.None));
        Assert.Equal("2", await TextAsync("r"));
        Assert.Equal(second, (await _folder.Reopened().ReadAsync("r", CancellationToken.None))!.Version);
    }

    [Fact]
    public async Task Concurrent_replacements_lose_nothing()
    {
        await Store.WriteOnceAsync("count", Bytes("0"), CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => IncrementAsync()));
        Assert.Equal("40", await TextAsync("count"));

        async Task IncrementAsync()
        {
            for (var done = 0; done < 5; )
            {
                var present = (await Store.ReadAsync("count", CancellationToken.None))!;
                var next = int.Parse(Encoding.UTF8.GetString(present.Content.Span)) + 1;
                done += await Store.ReplaceAsync("count", Bytes($"{next}"), present.Version, CancellationToken.None) is null ? 0 : 1;
            }
        }
    }

    [Fact]
    public async Task What_does_not_exist_reads_as_null()
    {
        Assert.Null(await Store.ReadAsync("none", CancellationToken.None));
        Assert.Null(await Store.OpenReadAsync("none/at/all", CancellationToken.None));
        await Store.DeleteAsync("none/at/all", CancellationToken.None);
        await Store.SealAsync("none/at/all", CancellationToken.None);
        Assert.Empty(await ListAsync(""));
    }

    [Fact]
    public async Task Appended_groups_read_in_order()
    {
        await Store.AppendAsync("log/a.jsonl", Bytes("1\n2\n"), CancellationToken.None);
        await Store.AppendAsync("log/a.jsonl", Bytes("3\n"), CancellationToken.None);
        Assert.Equal("1\n2\n3\n", await _folder.ReadLinesAsync("log/a.jsonl"));
    }

    [Fact]
    public async Task Concurrent_groups_stay_whole()
    {
        await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => Store.AppendAsync("log", Bytes($"{i} begins\n{i} ends\n"), CancellationToken.None))
        );
        var lines = (await _folder.ReadLinesAsync("log"))!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(60, lines.Length);
        Assert.All(lines.Chunk(2), pair => Assert.Equal(pair[0].Replace("begins", "ends", StringComparison.Ordinal), pair[1]));
    }

    [Fact]
    public async Task A_group_that_does_not_end_a_line_is_refused()
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Store.AppendAsync("log", Bytes("half"), CancellationToken.None));
        Assert.Contains("\"log\"", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("whole\nto", "whole\n")]
    [InlineData("to", "")]
    [InlineData("", "")]
    [InlineData("whole\n", "whole\n")]
    public async Task A_torn_end_is_not_read_and_the_next_writer_cuts_it_off(string left, string whole)
    {
        await Store.AppendAsync("log", Bytes("x\n"), CancellationToken.None);
        await File.WriteAllTextAsync(_folder.PathOf("log"), left);
        Assert.Equal(whole, await _folder.ReadLinesAsync("log"));
        await _folder.Reopened().AppendAsync("log", Bytes("next\n"), CancellationToken.None);
        Assert.Equal(whole + "next\n", await File.ReadAllTextAsync(_folder.PathOf("log")));
    }

    [Fact]
    public async Task A_torn_end_longer_than_a_block_is_cut_off_too()
    {
        await Store.AppendAsync("log", Bytes("whole\n"), CancellationToken.None);
        await File.AppendAllTextAsync(_folder.PathOf("log"), new string('x', 20_000));
        await Store.AppendAsync("log", Bytes("next\n"), CancellationToken.None);
        Assert.Equal("whole\nnext\n", await _folder.ReadLinesAsync("log"));
    }

    [Fact]
    public async Task A_sealed_log_is_compressed_reads_the_same_and_takes_more()
    {
        var lines = string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i}\n"));
        await Store.AppendAsync("log", Bytes(lines), CancellationToken.None);
        await Store.SealAsync("log", CancellationToken.None);
        Assert.False(File.Exists(_folder.PathOf("log")));
        Assert.True(new FileInfo(_folder.PathOf("log~1.gz")).Length < lines.Length / 2);
        Assert.Equal(lines, await _folder.ReadLinesAsync("log"));

        await Store.AppendAsync("log", Bytes("more\n"), CancellationToken.None);
        Assert.Equal(lines + "more\n", await _folder.ReadLinesAsync("log"));
        await Store.SealAsync("log", CancellationToken.None);
        await Store.SealAsync("log", CancellationToken.None);
        Assert.Equal(lines + "more\n", await _folder.ReadLinesAsync("log"));
        Assert.Equal(["log"], await ListAsync(""));
        Assert.Equal(lines + "more\n", await TextAsync("log"));
    }

    [Theory]
    [InlineData("renamed, not compressed")]
    [InlineData("compressed, not removed")]
    public async Task A_crash_while_sealing_neither_loses_nor_doubles_lines(string crashed)
    {
        await Store.AppendAsync("log", Bytes("1\n2\n"), CancellationToken.None);
        if (string.Equals(crashed, "compressed, not removed", StringComparison.Ordinal))
        {
            await Store.SealAsync("log", CancellationToken.None);
            await File.WriteAllTextAsync(_folder.PathOf("log~1"), "1\n2\n");
        }
        else
        {
            File.Move(_folder.PathOf("log"), _folder.PathOf("log~1"));
        }

        Assert.Equal("1\n2\n", await _folder.ReadLinesAsync("log"));
        await Store.AppendAsync("log", Bytes("3\n"), CancellationToken.None);
        await Store.SealAsync("log", CancellationToken.None);
        Assert.Equal("1\n2\n3\n", await _folder.ReadLinesAsync("log"));
        Assert.False(File.Exists(_folder.PathOf("log~1")));
        Assert.False(File.Exists(_folder.PathOf("log~2")));
    }

    [Fact]
    public async Task A_reader_goes_on_while_the_log_is_sealed_and_deleted()
    {
        await Store.AppendAsync("log", Bytes("1\n"), CancellationToken.None);
        var reader = (await Store.OpenReadAsync("log", CancellationToken.None))!;
        await using (reader)
        {
            await Store.AppendAsync("log", Bytes("2\n"), CancellationToken.None);
            await Store.SealAsync("log", CancellationToken.None);
            await Store.DeleteAsync("log", CancellationToken.None);
            using var text = new StreamReader(reader);
            Assert.Equal("1\n", await text.ReadToEndAsync());
        }

        Assert.Null(await Store.OpenReadAsync("log", CancellationToken.None));
        Assert.Empty(await ListAsync(""));
    }

    [Fact]
    public async Task Names_are_listed_by_prefix_in_ordinal_order()
    {
        string[] names = ["a-1", "a.b", "a/b", "a/b-c/d", "a/b.c", "a0", "b/a"];
        foreach (var name in names.Reverse())
        {
            await Store.WriteOnceAsync(name, Bytes("x"), CancellationToken.None);
        }

        Assert.Equal(names, names.Order(StringComparer.Ordinal));
        Assert.Equal(names, await ListAsync(""));
        Assert.Equal(["a/b", "a/b-c/d", "a/b.c"], await ListAsync("a/"));
        Assert.Equal(["a/b-c/d"], await ListAsync("a/b-"));
        Assert.Empty(await ListAsync("c/"));
    }

    [Fact]
    public async Task A_deleted_artifact_is_gone_with_all_its_parts()
    {
        await Store.AppendAsync("log", Bytes("1\n"), CancellationToken.None);
        await Store.SealAsync("log", CancellationToken.None);
        await Store.AppendAsync("log", Bytes("2\n"), CancellationToken.None);
        await Store.DeleteAsync("log", CancellationToken.None);
        Assert.Null(await Store.ReadAsync("log", CancellationToken.None));
        Assert.True(await Store.WriteOnceAsync("log", Bytes("new"), CancellationToken.None));
        Assert.Equal("new", await TextAsync("log"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("a.")]
    [InlineData("A")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a~1")]
    [InlineData("ä")]
    [InlineData("a\0")]
    [InlineData("c:")]
    public async Task Names_that_could_leave_the_folder_or_clash_are_refused(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ReadAsync(name, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.AppendAsync(name, Bytes("x\n"), CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.LockAsync(name, CancellationToken.None));
    }

    [Fact]
    public async Task Unfinished_files_of_a_killed_process_are_removed_and_never_listed()
    {
        await Store.WriteOnceAsync("a", Bytes("x"), CancellationToken.None);
        var left = Path.Combine(_folder.Root, "~tmp", "left");
        await File.WriteAllTextAsync(left, "half");
        Assert.Equal(["a"], await ListAsync(""));
        await _folder.Reopened().WriteOnceAsync("b", Bytes("x"), CancellationToken.None);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task A_lock_is_held_by_one_at_a_time_and_leaves_nothing_behind()
    {
        var inside = 0;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => UseAsync()));
        Assert.Equal(0, Store.LocksInUse);

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
        Assert.Equal(2, Store.LocksInUse);
    }

    [Fact]
    public async Task A_lock_does_not_hinder_reading_and_writing_under_the_same_name()
    {
        await using var held = await Store.LockAsync("a", CancellationToken.None);
        Assert.True(await Store.WriteOnceAsync("a", Bytes("x"), CancellationToken.None));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<string?> TextAsync(string name) =>
        await _folder.Reopened().ReadAsync(name, CancellationToken.None) is { } artifact
            ? Encoding.UTF8.GetString(artifact.Content.Span)
            : null;

    private async Task<List<string>> ListAsync(string prefix)
    {
        var names = new List<string>();
        await foreach (var name in Store.ListAsync(prefix, CancellationToken.None))
        {
            names.Add(name);
        }

        return names;
    }
}
