using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using HavenVlm.Core.Vlm.Replies;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Fuzzing;

/// <summary>
/// The reply parser on what no model should say. <c>HAVEN_FUZZ_INPUTS=10000000</c> is the long form; a failure names the number of its
/// input, which <c>HAVEN_FUZZ_FROM</c> begins with.
/// </summary>
public sealed class ReplyFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20261124;
    private const int Usual = 50_000;

    private static readonly TagNames Tags = new(ReplyCorpus.Tags);

    // A build for debugging is several times slower, and what is not linear takes seconds.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(IsOptimized() ? 10 : 200);

    // 10 ms are so many times what reading 100 KB of plain JSON takes where the limit was set.
    private const int MaxPlain = 40;
    private static readonly string PlainJson =
        "[" + string.Join(',', Enumerable.Repeat("""{"tag":"Kissing","confidence":0.9}""", ReplyMaker.Large / 35)) + "]";

    [Fact]
    public void No_reply_throws_or_takes_longer_than_ten_milliseconds_for_100_kilobytes()
    {
        var from = Number("HAVEN_FUZZ_FROM", 0);
        var count = Number("HAVEN_FUZZ_INPUTS", ReleaseTier.Runs ? Usual * Mutations.ReleaseFactor : Usual);
        var begun = Stopwatch.GetTimestamp();
        var slowest = (Time: TimeSpan.Zero, Number: from);
        var (large, read) = (0L, 0L);
        for (var number = from; number < from + count; number++)
        {
            var (reply, expected) = ReplyMaker.Make(Tags, Seed, number);
            var start = Stopwatch.GetTimestamp();
            var parsed = Parse(number, () => ReplyParser.Parse(reply, expected));
            var time = Stopwatch.GetElapsedTime(start);
            if (time > Limit)
            {
                (time, var allowed) = Again(() => ReplyParser.Parse(reply, expected));
                Assert.True(
                    time <= allowed,
                    $"input {number} of {reply.Content.Length} characters took {time.TotalMilliseconds:0.0} ms of {allowed.TotalMilliseconds:0.0}"
                );
            }

            slowest = time > slowest.Time ? (time, number) : slowest;
            large += reply.Content.Length >= ReplyMaker.Large - 100 ? 1 : 0;
            read += parsed.Failure is null ? 1 : 0;
            Assert.True(IsSound(parsed, expected), $"input {number} was read as what it can not be");
        }

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count} inputs from {from}, {large} of them 100 KB, {read} read as answers; the slowest took "
                    + $"{slowest.Time.TotalMilliseconds:0.00} ms (input {slowest.Number}); {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s in all"
            )
        );
        Assert.InRange(read, count / 100, count);
    }

    private static ParsedReply Parse(long number, Func<ParsedReply> parse)
    {
        try
        {
            return parse();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"input {number} was not read: {e.Message}", e);
        }
    }

    // The machine may have been busy with something else: only what is slow every time is slow, beside plain JSON on the same machine.
    private static (TimeSpan Time, TimeSpan Allowed) Again(Action parse)
    {
        var (best, plain) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < 200 && best > Limit; i++)
        {
            best = Min(best, Timed(parse));
            plain = Min(plain, Timed(() => JsonDocument.Parse(PlainJson).Dispose()));
        }

        return (best, Max(Limit, plain * MaxPlain));
    }

    private static TimeSpan Timed(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static bool IsSound(ParsedReply parsed, ReplyExpectation expected) =>
        parsed.Failure is not null
            ? parsed.Pictures.Count == 0 && parsed.Reason.Length is > 0 and < 1000 && !parsed.Reason.Any(char.IsControl)
            : parsed.Pictures.Count == expected.Pictures
                && parsed.Pictures.Any(picture => picture is not null)
                && parsed
                    .Pictures.OfType<PictureReading>()
                    .All(picture => picture.Tags.All(tag => tag.Value is >= 0 and <= 1 && ReplyCorpus.Tags.Contains(tag.Key)));

    private static bool IsOptimized() =>
        typeof(ReplyParser).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    private static long Number(string variable, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
