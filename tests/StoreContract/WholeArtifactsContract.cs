using System.Text;

namespace HavenVlm.StoreContract;

/// <summary>Artifacts that are written whole.</summary>
public abstract class WholeArtifactsContract<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
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
        Assert.Null(await Store.ReplaceAsync("none", Bytes("x"), first, CancellationToken.None));
        Assert.Equal("2", await TextAsync("r"));
        Assert.Equal(second, (await Reopened().ReadAsync("r", CancellationToken.None))!.Version);
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
    public async Task An_empty_artifact_is_not_none()
    {
        Assert.True(await Store.WriteOnceAsync("empty", Bytes(""), CancellationToken.None));
        Assert.Equal("", await TextAsync("empty"));
        Assert.Equal("", await LinesAsync("empty"));
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
    public async Task Names_that_could_leave_the_store_or_clash_are_refused(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ReadAsync(name, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.AppendAsync(name, Bytes("x\n"), CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.LockAsync(name, CancellationToken.None));
    }
}
