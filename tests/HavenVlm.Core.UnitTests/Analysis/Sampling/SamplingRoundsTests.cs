using System.Text.Json;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.Frames;

namespace HavenVlm.Core.UnitTests.Analysis.Sampling;

public sealed class SamplingRoundsTests
{
    private static readonly SamplingSettings Linear = new()
    {
        Mode = SamplingMode.Linear,
        FrameInterval = TimeSpan.FromSeconds(2),
        BoundaryPrecision = TimeSpan.FromMilliseconds(500),
        ChunkFrames = 4,
    };

    [Theory]
    [InlineData(10, new double[] { 0, 2, 4, 6, 8 })]
    [InlineData(10.001, new double[] { 0, 2, 4, 6, 8, 10 })]
    [InlineData(1, new double[] { 0 })]
    [InlineData(0, new double[] { 0 })]
    public void Linear_looks_at_every_interval_before_the_end(double duration, double[] times)
    {
        var plan = SamplingRounds.Plan(0, Video(duration, Linear).Input);
        Assert.Equal(times, plan.PlannedTimes.Select(t => t.TotalSeconds));
        Assert.Equal(times, plan.Groups.Single().Times.Select(t => t.TotalSeconds));
        Assert.Equal(Seconds(0.5), plan.Tolerance);
    }

    [Fact]
    public void Linear_is_finished_after_one_round_and_asks_nothing_twice()
    {
        var video = Video(60, Linear, Span("Kissing", 10, 26)).Play();
        Assert.Equal(30, video.Looks);
        Assert.Equal(1, video.Rounds);
        Assert.Equal([Span("Kissing", 10, 26) with { Confidence = 0.9 }], Rounded(video.Markers()));
        Assert.Equal((30, 30, 0, 0), Counts(video.Answers));
        Assert.True(video.Answers.IsComplete);
        Assert.Equal(30, video.Answers.Requests);
    }

    [Fact]
    public void One_more_tag_asks_only_for_that_tag()
    {
        var video = Video(60, Linear, Span("Kissing", 10, 26), Span("Hugging", 30, 40)).Play();
        video.Tags = Tags("Kissing", "Hugging");
        var plan = SamplingRounds.Plan(0, video.Input);
        Assert.Equal(["Hugging"], Assert.Single(plan.Groups).Tags);
        Assert.Equal(30, plan.FrameCount);
        Assert.Equal(2, video.Play().Markers().Markers.Count);
    }

    [Fact]
    public void What_stays_unanswered_is_counted_not_repeated_and_asked_again_by_the_next_run()
    {
        var video = Video(60, Linear, Span("Kissing", 10, 26));
        video.IsUnanswered = time => time.TotalSeconds is 14 or 16 or 40;
        video.Play();
        Assert.Equal(30, video.Looks);
        Assert.Equal((30, 27, 3, 0), Counts(video.Answers));
        Assert.Equal(0.1, video.Answers.UnansweredShare, 12);
        Assert.Equal(2, video.Markers().Markers.Count);

        video.Run = "run-2";
        video.IsUnanswered = _ => false;
        Assert.False(video.Answers.IsComplete);
        video.Play();
        Assert.Equal(33, video.Looks);
        Assert.Equal((30, 30, 0, 0), Counts(video.Answers));
        Assert.Single(video.Markers().Markers);
    }

    [Fact]
    public void A_plan_survives_json_and_falls_into_chunks()
    {
        var video = Video(30, Linear);
        var plan = SamplingRounds.Plan(3, video.Input);
        var read = JsonSerializer.Deserialize<RoundPlan>(JsonSerializer.SerializeToUtf8Bytes(plan, HavenJson.Options), HavenJson.Options)!;
        Assert.Equal(3, read.Round);
        Assert.Equal(15, read.FrameCount);
        Assert.Equal(4, read.ChunkCount);
        Assert.Equal([4, 4, 4, 3], Enumerable.Range(0, 4).Select(i => read.Chunk(i).Frames.Count));
        Assert.Equal(plan.PlannedTimes, Enumerable.Range(0, 4).SelectMany(i => read.Chunk(i).Frames).Select(f => f.Time));
        Assert.All(Enumerable.Range(0, 4), i => Assert.Empty(read.Chunk(i).Scan));
    }

    [Fact]
    public void Chunks_hold_frames_that_lack_the_same_tags()
    {
        var video = Video(60, Linear, Span("Kissing", 10, 26));
        video.IsUnanswered = time => time.TotalSeconds > 40;
        video.Play();
        video.Run = "run-2";
        video.Tags = Tags("Kissing", "Hugging");
        var plan = SamplingRounds.Plan(0, video.Input);
        Assert.Equal(2, plan.Groups.Count);
        Assert.Equal([21, 9], plan.Groups.Select(g => g.Times.Count));
        for (var chunk = 0; chunk < plan.ChunkCount; chunk++)
        {
            Assert.Single(plan.Chunk(chunk).Frames.Select(f => f.Tags).Distinct());
        }
    }

    [Fact]
    public void Boundaries_are_searched_at_least_as_finely_as_the_grid()
    {
        var options = new HavenOptions
        {
            Video = new VideoOptions { FrameInterval = Seconds(0.2), BoundaryPrecision = Seconds(0.5) },
        };
        Assert.Equal(Seconds(0.2), SamplingSettings.Of(options, Seconds(60)).BoundaryPrecision);
    }

    [Fact]
    public void Adaptive_shares_the_search_for_changes_out_among_the_chunks_of_the_coarse_pass()
    {
        var video = Video(
            600,
            new SamplingSettings
            {
                Mode = SamplingMode.Adaptive,
                FrameInterval = Seconds(2),
                BoundaryPrecision = Seconds(0.5),
                ChunkFrames = 7,
            }
        );
        var plan = SamplingRounds.Plan(0, video.Input);
        Assert.Equal(21, plan.FrameCount);
        var scans = Enumerable.Range(0, plan.ChunkCount).SelectMany(i => plan.Chunk(i).Scan).ToArray();
        Assert.Equal([(0, 210), (210, 420), (420, 600)], scans.Select(s => ((int)s.Start.TotalSeconds, (int)s.End.TotalSeconds)));
    }

    [Fact]
    public void Adaptive_finds_borders_to_the_precision_with_few_looks()
    {
        var video = Video(3600, Adaptive, Span("Kissing", 301.3, 433.9), Span("Kissing", 2000, 2100)).Play();
        Assert.InRange(video.Looks, 120, 121 + (4 * 2));
        AssertWithin(video, Seconds(0.5));
        Assert.True(video.Answers.IsComplete);
    }

    [Fact]
    public void Adaptive_looks_into_shots_between_equal_neighbors()
    {
        var truth = Span("Kissing", 312, 319);
        var blind = new ImaginedVideo
        {
            Duration = Seconds(3600),
            Tags = Tags("Kissing"),
            Truth = [truth],
            Scans = false,
            Settings = Adaptive,
        };
        Assert.Empty(blind.Play().Markers().Markers);
        AssertWithin(Video(3600, Adaptive, truth).Play(), Seconds(0.5));
    }

    [Fact]
    public void Adaptive_never_explodes_however_erratic_the_answers_are()
    {
        string[] names = [.. Enumerable.Range(0, 36).Select(i => $"Tag {i}")];
        var video = new ImaginedVideo
        {
            Duration = Seconds(3600),
            Tags = Tags(names),
            Truth = [],
            Settings = Adaptive,
            IsWrong = (time, tag) => Chance(time, tag) < 0.05,
        }.Play();
        Assert.InRange(video.Looks, 120, 1800 + 64);
    }

    [Fact]
    public void Adaptive_is_not_blinded_by_an_unanswered_coarse_look()
    {
        var video = Video(3600, Adaptive, Span("Kissing", 285, 325));
        video.IsUnanswered = time => time == Seconds(300);
        video.Play();
        Assert.Equal((1, 0), (video.Answers.Unanswered, video.Answers.Reused));
        var marker = Assert.Single(video.Markers(maxGap: Seconds(3)).Markers);
        Assert.InRange(marker.Start.TotalSeconds, 285, 285.5);
        Assert.InRange(marker.End.TotalSeconds, 325, 325.5);
    }

    [Fact]
    public void Adaptive_says_nothing_about_what_lies_before_a_look_without_an_answer()
    {
        var video = Video(3600, Adaptive);
        video.IsUnanswered = time => time > Seconds(271) && time < Seconds(310);
        var markers = video.Play().Markers();
        Assert.Empty(markers.Markers);
        // 270 s was answered; 300 s was not, nor what was tried instead.
        var possible = Assert.Single(markers.Possible);
        Assert.Equal((Seconds(270.5), Seconds(330)), (possible.Range.Start, possible.Range.End));
    }

    [Fact]
    public void A_closer_look_without_an_answer_is_not_taken_for_a_look_that_saw_nothing()
    {
        // The only look into the shot.
        var video = Video(3600, Adaptive, Span("Kissing", 312, 319));
        video.IsUnanswered = time => time > Seconds(312) && time < Seconds(319);
        var markers = video.Play().Markers();
        Assert.Empty(markers.Markers);
        var possible = Assert.Single(markers.Possible);
        Assert.InRange(possible.Range.Start, Seconds(312), Seconds(319));
        Assert.InRange(possible.Range.End, Seconds(319), Seconds(331));
    }

    [Fact]
    public void Adaptive_goes_on_around_a_closer_look_that_stays_unanswered()
    {
        var video = Video(3600, Adaptive, Span("Kissing", 307, 400));
        video.IsUnanswered = time => time == Seconds(310) || time == Seconds(308);
        AssertWithin(video.Play(), Seconds(2));
    }

    [Fact]
    public void Adaptive_ends_when_nothing_at_all_is_answered()
    {
        var video = Video(3600, Adaptive, Span("Kissing", 307, 400));
        video.IsUnanswered = _ => true;
        video.Play();
        Assert.Equal(0, video.Answers.Answered);
        Assert.InRange(video.Looks, 120, 121 * 4);
        Assert.Empty(video.Markers().Markers);
    }

    [Fact]
    public void Adaptive_takes_over_what_linear_sampling_paid_for()
    {
        var video = Video(600, Linear, Span("Kissing", 100, 200)).Play();
        var paid = video.Looks;
        video.Settings = Adaptive;
        video.Play();
        // Only finer than the grid was something left to ask: two borders from 2 s to 1 s, then on either side of the cuts.
        Assert.InRange(video.Looks - paid, 0, 6);
    }

    [Fact]
    public void A_crash_at_any_point_leads_to_the_same_looks()
    {
        var undisturbed = Video(600, Adaptive, Span("Kissing", 101, 203), Span("Kissing", 304, 309)).Play();
        var replayed = Video(600, Adaptive, Span("Kissing", 101, 203), Span("Kissing", 304, 309));
        while (SamplingRounds.Plan(0, replayed.Input) is { FrameCount: > 0 } plan)
        {
            // Only the first frame of each plan is answered before everything is planned again.
            replayed.LookOnce(plan);
        }

        Assert.Equal(undisturbed.Asked.Order(), replayed.Asked.Order());
        Assert.Equal(undisturbed.Markers().Markers, replayed.Markers().Markers);
    }

    [Fact]
    public void A_short_video_gets_a_dense_coarse_pass()
    {
        AssertWithin(Video(60, Adaptive, Span("Kissing", 10, 26), Span("Kissing", 40, 44)).Play(), Seconds(0.5));
        AssertWithin(Video(3, Adaptive, Span("Kissing", 0, 3)).Play(), Seconds(0.5));
        AssertWithin(Video(0.5, Adaptive, Span("Kissing", 0, 0.5)).Play(), Seconds(0.5), MinimumOf: 0);
    }

    private static SamplingSettings Adaptive => Linear with { Mode = SamplingMode.Adaptive, ChunkFrames = 60 };

    private static ImaginedVideo Video(double duration, SamplingSettings settings, params MarkerSpan[] truth) =>
        new()
        {
            Duration = Seconds(duration),
            Tags = Tags("Kissing"),
            Truth = truth,
            Settings = settings,
        };

    private static MarkerSpan Span(string tag, double start, double end) => new(tag, Seconds(start), Seconds(end), 0.9);

    /// <summary>A number from 0 to 1 that depends on nothing but the question.</summary>
    private static double Chance(TimeSpan time, string tag)
    {
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{time.Ticks} {tag}"));
        return BitConverter.ToUInt32(hash) / (double)uint.MaxValue;
    }

    private static (int Asked, int Answered, int Unanswered, int Reused) Counts(SceneAnswers answers) =>
        (answers.Asked, answers.Answered, answers.Unanswered, answers.Reused);

    private static IEnumerable<MarkerSpan> Rounded(MarkerSet set) =>
        set.Markers.Select(m => m with { Confidence = Math.Round(m.Confidence, 6) });

    private static void AssertWithin(ImaginedVideo video, TimeSpan precision, int MinimumOf = 1)
    {
        var markers = video.Markers().Markers;
        Assert.Equal(MinimumOf == 0 ? 0 : video.Truth.Count, markers.Count);
        foreach (var (found, real) in markers.Zip(video.Truth))
        {
            Assert.InRange(found.Start - real.Start, -precision, precision);
            Assert.InRange(found.End - real.End, -precision, precision);
        }
    }
}
