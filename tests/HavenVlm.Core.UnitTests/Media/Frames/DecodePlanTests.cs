using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;

namespace HavenVlm.Core.UnitTests.Media.Frames;

public sealed class DecodePlanTests
{
    [Theory]
    [InlineData(2, 0.5, 8, DecodeSkip.NonReference)]
    [InlineData(8, 2, 4, DecodeSkip.NonKey)]
    [InlineData(60, 5, 4, DecodeSkip.NonReference)]
    [InlineData(2, 0.5, 1, DecodeSkip.NonKey)]
    [InlineData(0.1, 0.02, 8, DecodeSkip.Nothing)]
    internal void The_cheapest_decoding_that_keeps_the_tolerance_is_chosen(double interval, double tolerance, double gop, DecodeSkip skip)
    {
        var plan = Plan(Film(gop), interval, tolerance);

        Assert.All(plan, run => Assert.Equal(skip, run.Skip));
    }

    [Fact]
    public void Close_times_are_one_pass_and_distant_ones_are_seeks()
    {
        Assert.Single(Plan(Film(8), 2, 0.5));
        Assert.Equal(60, Plan(Film(8), 60, 0.5, 60).Count);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(20)]
    public void Looks_two_seconds_apart_are_one_pass_whatever_the_keyframes(double gop)
    {
        var run = Assert.Single(Plan(Film(gop) with { BitRate = 6_000_000 }, 2, 0.5));

        Assert.Equal(DecodeSkip.NonReference, run.Skip);
    }

    [Fact]
    public void Keyframes_alone_are_decoded_by_one_thread_and_a_whole_pass_by_all()
    {
        Assert.Equal(1, Assert.Single(Plan(Film(2), 8, 2)).Threads);
        Assert.Equal(2, Assert.Single(Plan(Film(8), 2, 0.5)).Threads);
    }

    [Fact]
    public void Reads_keyframes_of_a_local_file_in_one_pass_and_seeks_in_a_remote_one()
    {
        Assert.Single(Plan(Film(4), 10, 2.5));
        Assert.Equal(60, Plan(Film(4), 10, 2.5, 60, isRemote: true).Count);
    }

    [Theory]
    [InlineData("vp9")]
    [InlineData("av1")]
    public void Seeks_keyframes_where_the_decoder_skips_nothing(string codec)
    {
        var plan = Plan(Film(4) with { Codec = codec, HasBFrames = false }, 20, 5);

        Assert.Equal(60, plan.Count);
        Assert.All(plan, run => Assert.Equal((DecodeSkip.Nothing, TimeSpan.FromSeconds(10)), (run.Skip, run.SeekAhead)));
    }

    [Fact]
    public void Nothing_is_left_out_where_the_decoder_counts_the_pictures()
    {
        var facts = Film(1) with { HasPictureTimes = false };

        Assert.All(Plan(facts, 2, 0.5), run => Assert.Equal(DecodeSkip.Nothing, run.Skip));
    }

    [Fact]
    public void Every_planned_time_is_in_exactly_one_run_in_order()
    {
        var gaps = Gen.ListOf(Gen.Choose(1, 100_000), 700).ToArbitrary();
        Prop.ForAll(
                gaps,
                list =>
                {
                    var at = TimeSpan.Zero;
                    var times = list.Select(gap => at += TimeSpan.FromMilliseconds(gap)).ToList();
                    var runs = DecodePlan.For(Film(5), isRemote: false, times, TimeSpan.FromSeconds(1), threads: 2);
                    return runs.SelectMany(run => run.Times).SequenceEqual(times) && runs.All(run => run.Times.Count <= 300);
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static IReadOnlyList<DecodeRun> Plan(
        VideoFacts facts,
        double interval,
        double tolerance,
        int count = 60,
        bool isRemote = false
    ) =>
        DecodePlan.For(
            facts,
            isRemote,
            [.. Enumerable.Range(0, count).Select(i => TimeSpan.FromSeconds(i * interval))],
            TimeSpan.FromSeconds(tolerance),
            threads: 2
        );

    private static VideoFacts Film(double gop) =>
        new()
        {
            Duration = TimeSpan.FromHours(2),
            Width = 1920,
            Height = 1080,
            FrameRate = 30,
            BitRate = 8_000_000,
            KeyframeInterval = TimeSpan.FromSeconds(gop),
            LongestKeyframeInterval = TimeSpan.FromSeconds(gop),
            Container = "mov",
            Codec = "h264",
            HasBFrames = true,
        };
}
