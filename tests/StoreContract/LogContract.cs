namespace HavenVlm.StoreContract;

/// <summary>Artifacts that are appended to.</summary>
public abstract class LogContract<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Fact]
    public async Task Appended_groups_read_in_order()
    {
        await Store.AppendAsync("log/a.jsonl", Bytes("1\n2\n"), CancellationToken.None);
        await Store.AppendAsync("log/a.jsonl", Bytes("3\n"), CancellationToken.None);
        await Store.AppendAsync("log/a.jsonl", Bytes(""), CancellationToken.None);
        Assert.Equal("1\n2\n3\n", await LinesAsync("log/a.jsonl"));
        Assert.Equal("1\n2\n3\n", await TextAsync("log/a.jsonl"));
    }

    [Fact]
    public async Task Concurrent_groups_stay_whole()
    {
        await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => Store.AppendAsync("log", Bytes($"{i} begins\n{i} ends\n"), CancellationToken.None))
        );
        var lines = (await LinesAsync("log"))!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(60, lines.Length);
        Assert.All(lines.Chunk(2), pair => Assert.Equal(pair[0].Replace("begins", "ends", StringComparison.Ordinal), pair[1]));
    }

    [Fact]
    public async Task A_group_that_does_not_end_a_line_is_refused()
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Store.AppendAsync("log", Bytes("half"), CancellationToken.None));
        Assert.Contains("\"log\"", e.Message, StringComparison.Ordinal);
        Assert.Null(await LinesAsync("log"));
    }

    [Fact]
    public async Task What_is_written_once_does_not_replace_a_log()
    {
        await Store.AppendAsync("log", Bytes("1\n"), CancellationToken.None);
        Assert.False(await Store.WriteOnceAsync("log", Bytes("x"), CancellationToken.None));
        Assert.Null(await Store.ReplaceAsync("log", Bytes("x"), expectedVersion: null, CancellationToken.None));
        await Store.SealAsync("log", CancellationToken.None);
        Assert.False(await Store.WriteOnceAsync("log", Bytes("x"), CancellationToken.None));
        Assert.Equal("1\n", await LinesAsync("log"));
    }

    [Fact]
    public async Task A_sealed_log_reads_the_same_and_takes_more()
    {
        var lines = string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i}\n"));
        await Store.AppendAsync("log", Bytes(lines), CancellationToken.None);
        await Store.SealAsync("log", CancellationToken.None);
        Assert.Equal(lines, await LinesAsync("log"));

        await Store.AppendAsync("log", Bytes("more\n"), CancellationToken.None);
        Assert.Equal(lines + "more\n", await LinesAsync("log"));
        await Store.SealAsync("log", CancellationToken.None);
        await Store.SealAsync("log", CancellationToken.None);
        Assert.Equal(lines + "more\n", await LinesAsync("log"));
        Assert.Equal(["log"], await ListAsync(""));
        Assert.Equal(lines + "more\n", await TextAsync("log"));
    }

    [Fact]
    public async Task A_reader_goes_on_while_the_log_is_appended_to_and_sealed()
    {
        var before = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i} of a log that is longer than any buffer\n"));
        await Store.AppendAsync("log", Bytes(before), CancellationToken.None);
        var stream = (await Store.OpenReadAsync("log", CancellationToken.None))!;
        using var reader = new StreamReader(stream);
        var first = await reader.ReadLineAsync();
        await Store.AppendAsync("log", Bytes("later\n"), CancellationToken.None);
        await Store.SealAsync("log", CancellationToken.None);
        Assert.StartsWith(before, first + "\n" + await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_artifact_is_gone_with_all_its_parts()
    {
        await Store.AppendAsync("log", Bytes("1\n"), CancellationToken.None);
        await Store.SealAsync("log", CancellationToken.None);
        await Store.AppendAsync("log", Bytes("2\n"), CancellationToken.None);
        await Store.DeleteAsync("log", CancellationToken.None);
        Assert.Null(await Store.ReadAsync("log", CancellationToken.None));
        Assert.Null(await LinesAsync("log"));
        Assert.Empty(await ListAsync(""));
        Assert.True(await Store.WriteOnceAsync("log", Bytes("new"), CancellationToken.None));
        Assert.Equal("new", await TextAsync("log"));
    }

    [Fact]
    public async Task A_deleted_log_can_be_started_again()
    {
        await Store.AppendAsync("log", Bytes("1\n"), CancellationToken.None);
        await Reopened().DeleteAsync("log", CancellationToken.None);
        await Store.AppendAsync("log", Bytes("2\n"), CancellationToken.None);
        Assert.Equal("2\n", await LinesAsync("log"));
    }
}
