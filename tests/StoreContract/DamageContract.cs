using HavenVlm.Core.Storage;

namespace HavenVlm.StoreContract;

/// <summary>What is damaged is set aside and reported; everything else is read as before.</summary>
public abstract class DamageContract<TFixture> : StoreTest<TFixture>
    where TFixture : IStoreFixture, new()
{
    [Theory]
    [InlineData("a bit")]
    [InlineData("the checksum")]
    [InlineData("the header")]
    [InlineData("cut in half")]
    [InlineData("cut near its end")]
    [InlineData("empty")]
    [InlineData("zeros")]
    public async Task Lines_behind_a_damaged_part_are_read_and_the_part_is_set_aside_and_reported_once(string damage)
    {
        await Store.AppendAsync("log/a.jsonl", Bytes(Numbered("old", 3000)), CancellationToken.None);
        await Store.SealAsync("log/a.jsonl", CancellationToken.None);
        await Store.AppendAsync("log/a.jsonl", Bytes("behind\n"), CancellationToken.None);
        await Fixture.DamageSealedAsync("log/a.jsonl", content => Damaged(content, damage));

        var lines = (await LinesAsync("log/a.jsonl"))!;
        await Reopened().AppendAsync("log/a.jsonl", Bytes("later\n"), CancellationToken.None);
        var again = (await LinesAsync("log/a.jsonl"))!;

        Assert.EndsWith("behind\n", lines, StringComparison.Ordinal);
        Assert.EndsWith("behind\nlater\n", again, StringComparison.Ordinal);
        Assert.Equal(1, await Fixture.CountSetAsideAsync("log/a.jsonl"));
        var report = Assert.Single(Fixture.Damage);
        Assert.Equal("log/a.jsonl", report.Name);
        Assert.Contains(".damaged", report.Message, StringComparison.Ordinal);
        Assert.Equal(["log/a.jsonl"], await ListAsync(""));
    }

    [Fact]
    public async Task What_can_be_read_of_a_damaged_part_is_kept_also_when_it_is_sealed_again()
    {
        await Store.AppendAsync("log", Bytes(Numbered("old", 3000)), CancellationToken.None);
        await Store.SealAsync("log", CancellationToken.None);
        await Fixture.DamageSealedAsync("log", content => Damaged(content, "cut in half"));
        _ = await LinesAsync("log");
        await Reopened().AppendAsync("log", Bytes("behind\n"), CancellationToken.None);
        await Reopened().SealAsync("log", CancellationToken.None);

        var lines = (await LinesAsync("log"))!.Split('\n');

        Assert.Equal(Numbered("old", 1000).TrimEnd('\n').Split('\n'), lines[..1000]);
        Assert.Contains("behind", lines);
        Assert.Single(Fixture.Damage);
    }

    [Fact]
    public async Task Lines_sealed_later_are_read_behind_the_damage_of_those_sealed_before()
    {
        await Store.AppendAsync("log", Bytes(Numbered("first", 3000)), CancellationToken.None);
        await Store.SealAsync("log", CancellationToken.None);
        var length = 0;
        await Fixture.DamageSealedAsync(
            "log",
            content =>
            {
                length = content.Length;
                return content;
            }
        );
        await Store.AppendAsync("log", Bytes(Numbered("second", 3000)), CancellationToken.None);
        await Store.SealAsync("log", CancellationToken.None);
        await Fixture.DamageSealedAsync(
            "log",
            content =>
            {
                content[length / 2] ^= 0x10;
                return content;
            }
        );

        var lines = (await LinesAsync("log"))!;

        Assert.Contains(Numbered("second", 3000), lines, StringComparison.Ordinal);
        Assert.Single(Fixture.Damage);
    }

    [Fact]
    public async Task An_artifact_is_set_aside_under_a_name_that_nothing_reads()
    {
        await Store.WriteOnceAsync("a/b.json", Bytes("garbage"), CancellationToken.None);
        var version = (await Store.ReadAsync("a/b.json", CancellationToken.None))!.Version;

        var kept = await Store.SetAsideAsync("a/b.json", version, "It is lost.", CancellationToken.None);

        Assert.Equal("a/b.json.damaged", kept);
        Assert.Null(await TextAsync("a/b.json"));
        Assert.Equal("garbage", await TextAsync("a/b.json.damaged"));
        Assert.True(await Reopened().WriteOnceAsync("a/b.json", Bytes("new"), CancellationToken.None));
        var report = Assert.Single(Fixture.Damage);
        Assert.Equal(("a/b.json", "a/b.json is damaged; it is kept as b.json.damaged. It is lost."), (report.Name, report.Message));
    }

    [Fact]
    public async Task What_was_set_aside_before_stays()
    {
        foreach (var content in (string[])["one", "two"])
        {
            await Store.WriteOnceAsync("a", Bytes(content), CancellationToken.None);
            var version = (await Store.ReadAsync("a", CancellationToken.None))!.Version;
            Assert.NotNull(await Store.SetAsideAsync("a", version, "", CancellationToken.None));
        }

        Assert.Equal("one", await TextAsync("a.damaged"));
        Assert.Equal("two", await TextAsync("a.damaged-2"));
    }

    [Fact]
    public async Task An_artifact_that_somebody_replaced_meanwhile_is_not_set_aside()
    {
        await Store.WriteOnceAsync("a", Bytes("garbage"), CancellationToken.None);
        var version = (await Store.ReadAsync("a", CancellationToken.None))!.Version;
        await Reopened().ReplaceAsync("a", Bytes("sound"), version, CancellationToken.None);

        Assert.Null(await Store.SetAsideAsync("a", version, "", CancellationToken.None));

        Assert.Equal("sound", await TextAsync("a"));
        Assert.Equal(["a"], await ListAsync(""));
        Assert.Empty(Fixture.Damage);
    }

    private static string Numbered(string word, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $"{word} {i} {i * 7919 % 1000}\n"));

    private static byte[] Damaged(byte[] content, string damage)
    {
        switch (damage)
        {
            case "a bit":
                content[content.Length / 2] ^= 0x10;
                return content;
            case "the checksum":
                content[^6] ^= 1;
                return content;
            case "the header":
                content[0] ^= 1;
                return content;
            case "cut in half":
                return content[..(content.Length / 2)];
            case "cut near its end":
                return content[..^50];
            case "zeros":
                content.AsSpan(content.Length / 3, 200).Clear();
                return content;
            default:
                return [];
        }
    }
}
