using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.Time.Testing;
using static HavenVlm.Tests.Shared.Frames;

namespace HavenVlm.Core.UnitTests.Analysis.Log;

/// <summary>The file of a log cut off after any number of bytes, as a loss of power leaves it.</summary>
public sealed class LogCrashTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Wherever_the_file_ends_every_whole_line_is_read_and_the_log_goes_on()
    {
        FrameRecord[] records =
        [
            Answered(0, Vocabulary("Kissing"), ("Kissing", 0.5)),
            Unanswered(2, Vocabulary("Kissing")),
            Answered(4, Vocabulary("Kissing", "Küssen 💋"), ("Küssen 💋", 0.25)),
            Answered(6, Vocabulary("Kissing"), ("Kissing", 1)),
        ];
        var path = await WriteAsync(records);
        var whole = await File.ReadAllBytesAsync(path);
        var expected = await ReadAsync();
        for (var length = 0; length < whole.Length; length += 3)
        {
            await File.WriteAllBytesAsync(path, whole[..length]);
            var read = await ReadAsync();
            Assert.Equal(expected.Take(read.Length), read);
            Assert.Equal(FramesIn(whole.AsSpan(0, length)), read.Length);

            var last = Answered(100, Vocabulary("Kissing", "Küssen 💋"), ("Kissing", 0.75));
            await WriteAsync(last);
            string[] after = [.. read, Describe(last)];
            Assert.Equal(after, await ReadAsync());
        }
    }

    private static int FramesIn(ReadOnlySpan<byte> text)
    {
        var frames = 0;
        while (text.IndexOf((byte)'\n') is var end and >= 0)
        {
            frames += text.StartsWith("{\"t\""u8) ? 1 : 0;
            text = text[(end + 1)..];
        }

        return frames;
    }

    private async Task<string> WriteAsync(params FrameRecord[] records)
    {
        await using var log = await Reopened().OpenAsync(Key, CancellationToken.None);
        foreach (var record in records)
        {
            await log.AppendAsync(record, CancellationToken.None);
        }

        return _folder.PathOf(LogNames.Log(Key));
    }

    private async Task<string[]> ReadAsync()
    {
        await using var log = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.Equal(0, log.UnreadableLines);
        return [.. log.Records.Select(Describe)];
    }

    private AnalysisLogs Reopened() => new(_folder.Reopened(), new FakeTimeProvider());
}
