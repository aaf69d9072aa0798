using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Common;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.Time.Testing;
using static HavenVlm.Tests.Shared.Frames;

namespace HavenVlm.Core.UnitTests.Analysis;

public sealed class AnalysisLogsTests : IDisposable
{
    private static readonly Vocabulary Two = Vocabulary("Kissing", "Hugging=arms around another person");
    private readonly StoreFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly AnalysisLogs _logs;

    public AnalysisLogsTests() => _logs = new AnalysisLogs(_folder.Store, _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_log_reads_back_exactly_as_it_was_in_memory()
    {
        FrameRecord[] records =
        [
            Answered(0, Two, ("Kissing", 0.123456789), ("Hugging", 1)),
            Answered(2, Two) with
            {
                Time = Seconds(2.0334444),
                ReusedFrom = Seconds(0),
            },
            Unanswered(4, Two, reason: "cut \"off\"\nat 512 tokens \u202e"),
            Answered(6, Vocabulary("Küssen 💋 {x}"), ("Küssen 💋 {x}", 0.5)) with
            {
                Answer = new PictureAnswer
                {
                    Tags = new Dictionary<string, double> { ["Küssen 💋 {x}"] = 0.5 },
                    Kind = ConfidenceKind.Logprobs,
                    Repaired = true,
                    UnknownTags = 3,
                    UnknownNames = new Dictionary<string, double> { ["Bacio"] = 0.8124 },
                    Tokens = new TokenUsage(115.8, null, 6),
                    Requests = 0.25,
                },
            },
            Unanswered(8, Two) with
            {
                Answer = new PictureAnswer
                {
                    Reason = "refused",
                    IsRefused = true,
                    Tokens = new TokenUsage(1.26, 0, null),
                },
            },
        ];
        string[] inMemory;
        var log = await _logs.OpenAsync(Key, CancellationToken.None);
        await using (log)
        {
            foreach (var record in records)
            {
                await log.AppendAsync(record, CancellationToken.None);
            }

            inMemory = [.. log.Records.Select(Describe)];
        }

        await using var again = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.Equal(inMemory, again.Records.Select(Describe));
        Assert.Equal(0, again.UnreadableLines);
        Assert.Equal(0.1235, again.Records[0].Answer.Tags!["Kissing"]);
        Assert.Equal(Seconds(2.033), again.Records[1].Time);
        Assert.Equal(Describe(records[3]), Describe(again.Records[3]));
        Assert.True(again.Records[4].Answer.IsRefused);
        Assert.Equal(new TokenUsage(1.3, 0, null), again.Records[4].Answer.Tokens);
        Assert.Same(again.Records[0].Vocabulary, again.Records[2].Vocabulary);
    }

    [Fact]
    public async Task Picture_changes_and_what_was_looked_through_are_kept()
    {
        var log = await _logs.OpenAsync(Key, CancellationToken.None);
        await using (log)
        {
            await log.AppendChangesAsync(Seconds(20), Seconds(40), [new PictureChange(Seconds(31), 0.75)], CancellationToken.None);
            await log.AppendChangesAsync(Seconds(0), Seconds(20), [], CancellationToken.None);
            await log.AppendChangesAsync(Seconds(60), Seconds(80), [new PictureChange(Seconds(61), 0.5)], CancellationToken.None);
            await log.AppendChangesAsync(Seconds(20), Seconds(40), [new PictureChange(Seconds(31), 0.75)], CancellationToken.None);
        }

        await using var again = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.Equal([new PictureChange(Seconds(31), 0.75), new PictureChange(Seconds(61), 0.5)], again.Changes);
        Assert.Equal([new TimeRange(Seconds(0), Seconds(40)), new TimeRange(Seconds(60), Seconds(80))], again.ScannedRanges);
    }

    [Fact]
    public async Task A_line_is_written_as_soon_as_the_store_thinks_worth_it()
    {
        await using var log = await _logs.OpenAsync(Key, CancellationToken.None);
        await log.AppendAsync(Answered(0, Two), CancellationToken.None);
        _time.Advance(_folder.Store.AppendGrouping - TimeSpan.FromMilliseconds(1));
        await log.AppendAsync(Answered(2, Two), CancellationToken.None);
        Assert.Null(await _folder.ReadLinesAsync(LogNames.Log(Key)));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, await FramesOnDiskAsync(2));
        await log.AppendAsync(Answered(4, Two), CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, await FramesOnDiskAsync(3));
    }

    [Fact]
    public async Task Sixty_four_kilobytes_are_written_without_waiting()
    {
        await using var log = await _logs.OpenAsync(Key, CancellationToken.None);
        var appended = 0;
        while (!File.Exists(_folder.PathOf(LogNames.Log(Key))))
        {
            Assert.True(appended < 64 * 1024 / 50, "nothing was written");
            await log.AppendAsync(Answered(appended++ * 2, Two, ("Kissing", 0.5)), CancellationToken.None);
        }

        Assert.InRange(new FileInfo(_folder.PathOf(LogNames.Log(Key))).Length, 64 * 1024, 65 * 1024);
    }

    [Fact]
    public async Task Chunks_that_work_at_once_share_one_log()
    {
        await using (var first = await _logs.OpenAsync(Key, CancellationToken.None))
        {
            await using (var second = await _logs.OpenAsync(Key, CancellationToken.None))
            {
                await Task.WhenAll(
                    Enumerable
                        .Range(0, 200)
                        .Select(i => (i % 2 == 0 ? first : second).AppendAsync(Answered(i, Two), CancellationToken.None))
                );
                Assert.Equal(200, first.Records.Count);
                Assert.Equal(200, second.Records.Count);
            }

            Assert.Equal(1, _logs.OpenCount);
            await first.AppendAsync(Answered(1000, Two), CancellationToken.None);
        }

        Assert.Equal(0, _logs.OpenCount);
        await using var again = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.Equal(201, again.Records.Count);
        Assert.Equal(1, await CountAsync("\"vocabulary\""));
        Assert.Equal(1, await CountAsync("\"log\""));
    }

    [Fact]
    public async Task A_snapshot_of_the_records_does_not_change()
    {
        await using var log = await _logs.OpenAsync(Key, CancellationToken.None);
        await log.AppendAsync(Answered(0, Two), CancellationToken.None);
        var snapshot = log.Records;
        await log.AppendAsync(Answered(2, Two), CancellationToken.None);
        Assert.Single(snapshot);
        Assert.Equal(2, log.Records.Count);
    }

    [Fact]
    public async Task A_group_that_could_not_be_written_is_written_with_the_next()
    {
        var path = _folder.PathOf(LogNames.Log(Key));
        Directory.CreateDirectory(path);
        var log = await _logs.OpenAsync(Key, CancellationToken.None);
        await log.AppendAsync(Answered(0, Two), CancellationToken.None);
        await Assert.ThrowsAnyAsync<Exception>(() => log.FlushAsync(CancellationToken.None));
        await log.AppendAsync(Answered(2, Two), CancellationToken.None);
        Directory.Delete(path);
        await log.DisposeAsync();
        await using var again = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.Equal([0, 2], again.Records.Select(r => r.Planned.TotalSeconds));
    }

    [Fact]
    public async Task Closing_says_when_answers_could_not_be_kept()
    {
        Directory.CreateDirectory(_folder.PathOf(LogNames.Log(Key)));
        var log = await _logs.OpenAsync(Key, CancellationToken.None);
        await log.AppendAsync(Answered(0, Two), CancellationToken.None);
        await Assert.ThrowsAnyAsync<Exception>(async () => await log.DisposeAsync());
    }

    [Fact]
    public async Task Answers_that_could_not_be_written_are_there_for_whoever_opens_the_log_next()
    {
        var path = _folder.PathOf(LogNames.Log(Key));
        Directory.CreateDirectory(path);
        var log = await _logs.OpenAsync(Key, CancellationToken.None);
        await log.AppendAsync(Answered(0, Two), CancellationToken.None);
        await Assert.ThrowsAnyAsync<Exception>(async () => await log.DisposeAsync());

        var next = await _logs.OpenAsync(Key, CancellationToken.None);
        Assert.Single(next.Records);
        Directory.Delete(path);
        await next.DisposeAsync();

        Assert.Equal(0, _logs.OpenCount);
        await using var stored = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.Single(stored.Records);
    }

    [Fact]
    public async Task A_damaged_vocabulary_is_written_again_so_that_new_answers_count()
    {
        await AppendAsync(Answered(0, Two));
        var path = _folder.PathOf(LogNames.Log(Key));
        var text = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, text.Replace("\"Kissing\":\"", "\"Kissinh\":\"", StringComparison.Ordinal));
        var logs = Reopened();
        await using (var log = await logs.OpenAsync(Key, CancellationToken.None))
        {
            await log.AppendAsync(Answered(2, Two), CancellationToken.None);
        }

        await using var again = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.Contains("Kissing", again.Records[^1].Vocabulary.Hashes.Keys);
    }

    [Fact]
    public async Task Damaged_lines_are_skipped_and_counted()
    {
        await AppendAsync(Answered(0, Two), Answered(2, Two));
        string[] damaged =
        [
            "",
            "not json",
            "{}",
            "[1]",
            "{\"other\":1}",
            "{\"t\":4}",
            "{\"t\":4,\"at\":4,\"v\":\"ffffffffffff\",\"tags\":{}}",
            "{\"t\":\"x\",\"at\":4,\"v\":\"x\",\"tags\":{}}",
            "{\"t\":1e300,\"at\":4,\"v\":\"x\",\"tags\":{}}",
            "{\"from\":1,\"to\":2}",
            "{\"from\":1,\"to\":2,\"changes\":[null]}",
            "{\"vocabulary\":\"a\",\"tags\":{\"b\":null}}",
            "\u0000\u0000\u0000",
        ];
        var path = _folder.PathOf(LogNames.Log(Key));
        await File.AppendAllTextAsync(path, string.Join('\n', damaged) + "\n");
        await AppendAsync(Answered(6, Two));
        await using var log = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.Equal([0, 2, 6], log.Records.Select(r => r.Planned.TotalSeconds));
        Assert.Equal(damaged.Length, log.UnreadableLines);
    }

    [Fact]
    public async Task An_endless_damaged_line_is_skipped_without_being_held_in_memory()
    {
        await AppendAsync(Answered(0, Two));
        var path = _folder.PathOf(LogNames.Log(Key));
        await File.AppendAllTextAsync(path, new string('x', 20_000_000) + "\n");
        await AppendAsync(Answered(2, Two));
        await using var log = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.Equal(2, log.Records.Count);
        Assert.Equal(1, log.UnreadableLines);
    }

    [Fact]
    public async Task A_torn_last_line_costs_that_line_only()
    {
        await AppendAsync(Answered(0, Two), Answered(2, Two));
        var path = _folder.PathOf(LogNames.Log(Key));
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path))[..^5]);
        await AppendAsync(Answered(4, Two));
        await using var log = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.Equal([0, 4], log.Records.Select(r => r.Planned.TotalSeconds));
        Assert.Equal(0, log.UnreadableLines);
    }

    [Fact]
    public async Task A_damaged_compressed_part_costs_what_is_behind_the_damage()
    {
        await AppendAsync([.. Enumerable.Range(0, 2000).Select(i => Answered(i, Two, ("Kissing", i % 97 / 100.0)))]);
        await using (var log = await _logs.OpenAsync(Key, CancellationToken.None))
        {
            await log.SealAsync(CancellationToken.None);
        }

        var path = _folder.PathOf(LogNames.Log(Key)) + "~1.gz";
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path))[..^4000]);
        await using var again = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.InRange(again.Records.Count, 1, 1999);
    }

    [Fact]
    public async Task A_log_of_a_newer_program_is_refused_by_name()
    {
        await AppendAsync(Answered(0, Two));
        var path = _folder.PathOf(LogNames.Log(Key));
        var text = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, text.Replace("{\"log\":1,", "{\"log\":2,", StringComparison.Ordinal));
        var e = await Assert.ThrowsAsync<NewerLogException>(() => Reopened().OpenAsync(Key, CancellationToken.None));
        Assert.Contains(LogNames.Log(Key), e.Message, StringComparison.Ordinal);
        Assert.Contains("format 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_a_newer_program_went_on_with_is_refused_before_its_answers_are_asked_for_again()
    {
        var record = Answered(0, Two);
        await AppendAsync(record with { Answer = record.Answer with { Kind = ConfidenceKind.Logprobs } });
        var path = _folder.PathOf(LogNames.Log(Key));
        var lines = await File.ReadAllLinesAsync(path);
        var header = lines[0].Replace("{\"log\":1,", "{\"log\":2,", StringComparison.Ordinal);
        var frame = lines[^1].Replace("\"kind\":\"logprobs\"", "\"kind\":\"ranked\"", StringComparison.Ordinal);
        Assert.NotEqual(lines[0], header);
        Assert.NotEqual(lines[^1], frame);

        await File.AppendAllLinesAsync(path, [header, frame]);

        _ = await Assert.ThrowsAsync<NewerLogException>(() => Reopened().OpenAsync(Key, CancellationToken.None));
    }

    [Fact]
    public async Task A_log_of_an_older_program_gets_the_version_before_the_first_new_line()
    {
        await AppendAsync(Answered(0, Two));
        var path = _folder.PathOf(LogNames.Log(Key));
        var text = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, text.Replace("{\"log\":1,", "{\"log\":0,", StringComparison.Ordinal));
        var before = (await File.ReadAllLinesAsync(path)).Length;

        await using (var log = await Reopened().OpenAsync(Key, CancellationToken.None))
        {
            await log.AppendAsync(Answered(2, Two), CancellationToken.None);
            await log.AppendAsync(Answered(4, Two), CancellationToken.None);
        }

        var added = (await File.ReadAllLinesAsync(path))[before..];
        Assert.StartsWith("{\"log\":1,", added[0], StringComparison.Ordinal);
        Assert.DoesNotContain(added[1..], line => line.StartsWith("{\"log\":", StringComparison.Ordinal));
        await using var again = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.Equal(3, again.Records.Count);
    }

    [Fact]
    public async Task A_sealed_log_goes_on()
    {
        await using (var log = await _logs.OpenAsync(Key, CancellationToken.None))
        {
            await log.AppendAsync(Answered(0, Two), CancellationToken.None);
            await log.SealAsync(CancellationToken.None);
            Assert.True(File.Exists(_folder.PathOf(LogNames.Log(Key)) + "~1.gz"));
            await log.AppendAsync(Answered(2, Two), CancellationToken.None);
        }

        await using var again = await Reopened().OpenAsync(Key, CancellationToken.None);
        Assert.Equal([0, 2], again.Records.Select(r => r.Planned.TotalSeconds));
    }

    [Fact]
    public async Task Opening_without_adding_makes_no_file()
    {
        await (await _logs.OpenAsync(Key, CancellationToken.None)).DisposeAsync();
        Assert.False(Directory.Exists(_folder.Root));
        Assert.Null(await _logs.FindLatestAsync(Key.Fingerprint, CancellationToken.None));
    }

    [Fact]
    public async Task A_forced_run_gets_a_new_generation_and_its_repetition_the_same()
    {
        await AppendAsync(Answered(0, Two));
        Assert.Equal(0, (await _logs.LatestGenerationAsync(Key, CancellationToken.None)).Generation);
        var forced = await _logs.NewGenerationAsync(Key, "token-1", CancellationToken.None);
        Assert.Equal(1, forced.Generation);
        Assert.Equal(forced, await Reopened().NewGenerationAsync(Key, "token-1", CancellationToken.None));
        Assert.Equal(forced, await _logs.LatestGenerationAsync(Key, CancellationToken.None));
        Assert.Equal(2, (await _logs.NewGenerationAsync(Key, "token-2", CancellationToken.None)).Generation);
        Assert.Equal(forced, await _logs.NewGenerationAsync(Key, "token-1", CancellationToken.None));
        await using var log = await _logs.OpenAsync(forced, CancellationToken.None);
        Assert.Empty(log.Records);
    }

    [Fact]
    public async Task The_latest_log_of_a_video_is_the_one_used_last()
    {
        var other = Key with { Model = "another model" };
        await AppendToAsync(Key, Answered(0, Two));
        await AppendToAsync(other, Answered(0, Two));
        Assert.Equal(other, await _logs.FindLatestAsync(Key.Fingerprint, CancellationToken.None));
        await _logs.MarkLatestAsync(Key, CancellationToken.None);
        Assert.Equal(Key, await _logs.FindLatestAsync(Key.Fingerprint, CancellationToken.None));

        // Without the pointer the log that was begun last.
        await _folder.Store.DeleteAsync(LogNames.Latest(Key.Fingerprint), CancellationToken.None);
        Assert.Equal(other, await _logs.FindLatestAsync(Key.Fingerprint, CancellationToken.None));
        Assert.Null(await _logs.FindLatestAsync("fedcba9876543210", CancellationToken.None));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("C:\\x y")]
    public async Task Any_fingerprint_and_model_name_makes_a_valid_artifact_name(string text)
    {
        var key = new AnalysisKey(text, text, text);
        await AppendToAsync(key, Answered(0, Two));
        await using var log = await Reopened().OpenAsync(key, CancellationToken.None);
        Assert.Single(log.Records);
    }

    private AnalysisLogs Reopened() => new(_folder.Reopened(), _time);

    private Task AppendAsync(params FrameRecord[] records) => AppendToAsync(Key, records);

    private async Task AppendToAsync(AnalysisKey key, params FrameRecord[] records)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        await using var log = await _logs.OpenAsync(key, CancellationToken.None);
        foreach (var record in records)
        {
            await log.AppendAsync(record, CancellationToken.None);
        }
    }

    private async Task<int> CountAsync(string text) =>
        ((await _folder.ReadLinesAsync(LogNames.Log(Key))) ?? "").Split("{" + text, StringSplitOptions.None).Length - 1;

    /// <summary>The writing happens on another thread than the advance of the clock: waits until it has.</summary>
    private async Task<int> FramesOnDiskAsync(int expected)
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        int count;
        while ((count = await CountAsync("\"t\"")) < expected && DateTime.UtcNow < deadline)
        {
            await Task.Delay(5);
        }

        return count;
    }
}
