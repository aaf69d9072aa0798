using System.Text;
using HavenVlm.Core.Storage;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Storage;

public sealed class FileArtifactStoreTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private FileArtifactStore Store => _folder.Store;

    public void Dispose() => _folder.Dispose();

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

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

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
