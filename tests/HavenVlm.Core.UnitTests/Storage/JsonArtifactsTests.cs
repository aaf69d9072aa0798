using System.Text;
using HavenVlm.Core.Common;
using HavenVlm.Core.Storage;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Storage;

/// <summary>One rule for every JSON document in the data folder: what cannot be read is set aside and counts as absent.</summary>
public sealed class JsonArtifactsTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public static TheoryData<string> Garbled { get; } =
    [
        "",
        "\0\0\0\0",
        "null",
        "{\"name\":\"a\",\"li",
        "{\"name\":null,\"lines\":[]}",
        "[1]",
        "{\"name\":\"a\",\"lines\":7}",
        "{\"name\":\"a\",\"lines\":[],\"wait\":1e300}",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Garbled))]
    public async Task A_garbled_document_counts_as_absent_and_is_set_aside(string content)
    {
        await WriteAsync(content);

        Assert.Null(await _folder.Store.ReadJsonAsync<Document>("a/b.json", CancellationToken.None));

        Assert.Equal(content, await File.ReadAllTextAsync(_folder.PathOf("a/b.json.damaged")));
        Assert.Equal("a/b.json", Assert.Single(_folder.Damage.Latest).Name);
        Assert.Null(await _folder.Store.ReadJsonAsync<Document>("a/b.json", CancellationToken.None));
        Assert.Single(_folder.Damage.Latest);
    }

    [Theory]
    [MemberData(nameof(Garbled))]
    public async Task A_garbled_document_is_made_again_by_the_next_change(string content)
    {
        await WriteAsync(content);

        await _folder.Store.UpdateJsonAsync<Document>(
            "a/b.json",
            before => new Document(before?.Name ?? "new", []),
            CancellationToken.None
        );

        Assert.Equal("new", (await _folder.Store.ReadJsonAsync<Document>("a/b.json", CancellationToken.None))!.Name);
    }

    [Fact]
    public async Task A_garbled_document_does_not_keep_one_that_is_written_once_away()
    {
        await WriteAsync("{\"na");

        var counts = await _folder.Store.WriteOnceOrReadJsonAsync("a/b.json", new Document("new", []), CancellationToken.None);
        var second = await _folder.Store.WriteOnceOrReadJsonAsync("a/b.json", new Document("other", []), CancellationToken.None);

        Assert.Equal(("new", "new"), (counts.Name, second.Name));
    }

    [Fact]
    public async Task A_garbled_document_that_must_be_there_fails_for_good_with_its_name()
    {
        await WriteAsync("{\"na");

        var e = await Assert.ThrowsAsync<PermanentFailureException>(() =>
            _folder.Store.RequireJsonAsync<Document>("a/b.json", CancellationToken.None)
        );

        Assert.Contains("a/b.json is damaged", e.Message, StringComparison.Ordinal);
        Assert.Contains("a/b.json.damaged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_flipped_bit_makes_reading_a_document_fail()
    {
        var content = Encoding.UTF8.GetBytes("{\"name\":\"ä\",\"lines\":[\"one\",\"two\"],\"wait\":1.5}");
        for (var bit = 0; bit < content.Length * 8; bit += 3)
        {
            var flipped = content.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            await _folder.Store.WriteOnceAsync("a/b.json", flipped, CancellationToken.None);
            _ = await _folder.Store.ReadJsonAsync<Document>("a/b.json", CancellationToken.None);
            await _folder.Store.DeleteAsync("a/b.json", CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_single_flipped_bit_never_makes_a_document_say_something_else()
    {
        var document = new Document("Kissing", ["17", "18"], TimeSpan.FromSeconds(1.5));
        await _folder.Store.WriteOnceJsonAsync("a/b.json", document, CancellationToken.None);
        var content = (await _folder.Store.ReadAsync("a/b.json", CancellationToken.None))!.Content.ToArray();
        for (var bit = 0; bit < content.Length * 8; bit++)
        {
            var flipped = content.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));

            // Only a flip in the name of the checksum leaves a document without one, whose rest is sound.
            var read = JsonSeal.TryOpen(flipped, out var opened) ? Parsed(opened) : null;
            Assert.True(read is null || (read.Name == "Kissing" && read.Lines.SequenceEqual(document.Lines) && read.Wait == document.Wait));
        }

        static Document? Parsed(ReadOnlySpan<byte> json)
        {
            try
            {
                return System.Text.Json.JsonSerializer.Deserialize<Document>(json, Core.Common.HavenJson.Options);
            }
            catch (System.Text.Json.JsonException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task A_document_with_a_flipped_bit_is_set_aside()
    {
        await _folder.Store.WriteOnceJsonAsync("a/b.json", new Document("Kissing", [], TimeSpan.Zero), CancellationToken.None);
        var content = (await _folder.Store.ReadAsync("a/b.json", CancellationToken.None))!.Content.ToArray();
        // "Kissing" becomes "Cissing", which reads just as well.
        content[Array.IndexOf(content, (byte)'K')] ^= 0x08;
        await _folder.Store.DeleteAsync("a/b.json", CancellationToken.None);
        await _folder.Store.WriteOnceAsync("a/b.json", content, CancellationToken.None);

        Assert.Null(await _folder.Store.ReadJsonAsync<Document>("a/b.json", CancellationToken.None));
    }

    [Fact]
    public async Task A_document_without_a_checksum_is_read_and_gets_one_with_the_next_change()
    {
        await WriteAsync("{\"name\":\"old\",\"lines\":[]}");

        await _folder.Store.UpdateJsonAsync<Document>("a/b.json", before => before! with { Lines = ["x"] }, CancellationToken.None);

        Assert.Equal("old", (await _folder.Store.ReadJsonAsync<Document>("a/b.json", CancellationToken.None))!.Name);
        Assert.Contains(",\"checksum\":\"", await File.ReadAllTextAsync(_folder.PathOf("a/b.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_number_of_the_layout_is_damage_and_not_a_newer_program()
    {
        await _folder.Store.WriteOnceJsonAsync(
            "a/b.json",
            new
            {
                Version = 1,
                Name = "a",
                Lines = Array.Empty<string>(),
            },
            CancellationToken.None
        );
        var content = await File.ReadAllTextAsync(_folder.PathOf("a/b.json"));
        await File.WriteAllTextAsync(
            _folder.PathOf("a/b.json"),
            content.Replace("\"version\":1", "\"version\":3", StringComparison.Ordinal)
        );

        var read = await _folder.Store.ReadSoundJsonAsync<Document>("a/b.json", null, "", CancellationToken.None, newestLayout: 1);

        Assert.Equal("b.json.damaged", read.Kept?.Split('/')[^1]);
    }

    private Task WriteAsync(string content) =>
        _folder.Store.WriteOnceAsync("a/b.json", Encoding.UTF8.GetBytes(content), CancellationToken.None);

    private sealed record Document(string Name, IReadOnlyList<string> Lines, TimeSpan Wait = default);
}
