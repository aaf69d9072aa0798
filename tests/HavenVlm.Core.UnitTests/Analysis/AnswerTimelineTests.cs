using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Configuration;
using static HavenVlm.Tests.Shared.Frames;

namespace HavenVlm.Core.UnitTests.Analysis;

public sealed class AnswerTimelineTests
{
    private static readonly TimeSpan Quarter = TimeSpan.FromSeconds(0.5);
    private static readonly Vocabulary Kissing = Vocabulary("Kissing");

    [Fact]
    public void A_time_without_an_answer_lacks_every_tag()
    {
        Assert.Equal(["Kissing", "Hugging"], LackingAt(10, Tags("Kissing", "Hugging")));
    }

    [Fact]
    public void Only_the_tag_that_was_never_asked_is_lacking()
    {
        Assert.Equal(["Hugging"], LackingAt(10, Tags("Kissing", "Hugging"), Answered(10, Kissing)));
    }

    [Fact]
    public void A_tag_whose_description_changed_is_lacking()
    {
        var old = Answered(10, Vocabulary("Kissing=lips", "Hugging"), ("Kissing", 0.9));
        Assert.Equal(["Kissing"], LackingAt(10, Tags("Kissing=lips touch", "Hugging"), old));
    }

    [Fact]
    public void A_tag_that_is_no_longer_wanted_is_left_out()
    {
        var both = Answered(10, Vocabulary("Kissing", "Hugging"), ("Kissing", 0.9), ("Hugging", 0.8));
        var answer = TimelineOf(Tags("Hugging"), both).At(Seconds(10), Quarter).ToTimedAnswer();
        Assert.Equal(["Hugging"], answer.Tags!.Keys);
    }

    [Fact]
    public void With_one_tag_per_frame_any_difference_in_the_vocabulary_makes_all_lacking()
    {
        var answered = Answered(10, Vocabulary("Kissing", "Hugging"), ("Kissing", 0.9));
        Assert.Empty(LackingAt(10, Tags("Hugging", "Kissing"), TagSelection.Single, answered));
        Assert.Equal(["Kissing"], LackingAt(10, Tags("Kissing"), TagSelection.Single, answered));
        Assert.Equal(["Kissing", "Hugging", "Waving"], LackingAt(10, Tags("Kissing", "Hugging", "Waving"), TagSelection.Single, answered));
        Assert.Equal(["Kissing", "Hugging"], LackingAt(10, Tags("Kissing=x", "Hugging"), TagSelection.Single, answered));
    }

    [Theory]
    [InlineData(9.5, true)]
    [InlineData(9.499, false)]
    [InlineData(10.5, true)]
    [InlineData(10.501, false)]
    public void An_answer_within_a_quarter_interval_serves_a_time(double answered, bool serves)
    {
        Assert.Equal(!serves, LackingAt(10, Tags("Kissing"), Answered(answered, Kissing)).Count > 0);
    }

    [Fact]
    public void A_frame_far_from_its_planned_time_still_counts_as_asked_there()
    {
        var late = Answered(10, Kissing, ("Kissing", 0.9)) with { Time = Seconds(4) };
        Assert.Empty(LackingAt(10, Tags("Kissing"), late));
        Assert.Empty(LackingAt(4, Tags("Kissing"), late));
        Assert.NotEmpty(LackingAt(7, Tags("Kissing"), late));
    }

    [Fact]
    public void The_nearest_answer_counts_and_of_equally_near_ones_the_first_line()
    {
        Assert.Equal(
            0.2,
            ConfidenceAt(10, Answered(10.3, Kissing, ("Kissing", 0.1)), Answered(9.8, Kissing, ("Kissing", 0.2)), Answered(9.5, Kissing))
        );
        Assert.Equal(0.1, ConfidenceAt(10, Answered(10.3, Kissing, ("Kissing", 0.1)), Answered(9.7, Kissing, ("Kissing", 0.2))));
        Assert.Equal(0.1, ConfidenceAt(10, Answered(10, Kissing, ("Kissing", 0.1)), Answered(10, Kissing, ("Kissing", 0.2))));
    }

    [Fact]
    public void Answers_of_several_vocabularies_are_merged_tag_by_tag()
    {
        var timeline = TimelineOf(
            Tags("Kissing", "Hugging", "Waving"),
            Answered(10, Vocabulary("Kissing"), ("Kissing", 0.4)),
            Answered(10.1, Vocabulary("Kissing", "Hugging"), ("Kissing", 0.9), ("Hugging", 0.5))
        );
        var answer = timeline.At(Seconds(10), Quarter).ToTimedAnswer();
        Assert.Equal(0.4, answer.Tags!["Kissing"]);
        Assert.Equal(0.5, answer.Tags["Hugging"]);
        Assert.Equal(["Waving"], answer.Unknown);
    }

    [Fact]
    public void What_stayed_unanswered_is_not_repeated_in_the_same_run_but_in_the_next()
    {
        var failed = Unanswered(10, Kissing, run: "run-1");
        Assert.Empty(TimelineOf(Tags("Kissing"), "run-1", failed).At(Seconds(10), Quarter).MissingTags());
        Assert.Equal(["Kissing"], TimelineOf(Tags("Kissing"), "run-2", failed).At(Seconds(10), Quarter).MissingTags());
        Assert.Equal(["Hugging"], TimelineOf(Tags("Kissing", "Hugging"), "run-1", failed).At(Seconds(10), Quarter).MissingTags());
    }

    [Fact]
    public void An_unanswered_time_is_a_hole_and_never_an_empty_answer()
    {
        var timeline = TimelineOf(Tags("Kissing"), Unanswered(10, Kissing), Answered(12, Kissing));
        Assert.Null(timeline.At(Seconds(10), Quarter).ToTimedAnswer().Tags);
        Assert.Empty(timeline.At(Seconds(12), Quarter).ToTimedAnswer().Tags!);
    }

    [Fact]
    public void An_answer_counts_more_than_a_nearer_failure()
    {
        Assert.Equal(0.7, ConfidenceAt(10, Unanswered(10, Kissing), Answered(10.2, Kissing, ("Kissing", 0.7))));
    }

    [Fact]
    public void Frames_that_lack_the_same_tags_share_one_list()
    {
        var timeline = TimelineOf(Tags("Kissing", "Hugging"), Answered(2, Kissing), Answered(6, Kissing));
        var wanted = MissingAnswers.Find([Seconds(0), Seconds(2), Seconds(4), Seconds(6)], timeline, Quarter);
        Assert.Equal([0, 2, 4, 6], wanted.Select(w => w.Time.TotalSeconds));
        Assert.Same(wanted[0].Tags, wanted[2].Tags);
        Assert.Same(wanted[1].Tags, wanted[3].Tags);
        Assert.Equal(["Hugging"], wanted[1].Tags);
    }

    [Fact]
    public void A_repeated_chunk_asks_only_what_the_first_attempt_did_not_get()
    {
        var tags = Tags("Kissing", "Hugging");
        var chunk = MissingAnswers.Find([Seconds(0), Seconds(2), Seconds(4)], TimelineOf(tags), Quarter);
        var timeline = TimelineOf(tags, Answered(0, Vocabulary("Kissing", "Hugging")), Answered(2, Kissing));
        var still = MissingAnswers.StillIn(chunk, timeline, Quarter);
        Assert.Equal([2, 4], still.Select(w => w.Time.TotalSeconds));
        Assert.Equal(["Hugging"], still[0].Tags);
    }

    private static AnswerTimeline TimelineOf(IReadOnlyList<WantedTag> tags, params FrameRecord[] records) =>
        TimelineOf(tags, "run-1", records);

    private static AnswerTimeline TimelineOf(IReadOnlyList<WantedTag> tags, string run, params FrameRecord[] records) =>
        new(records, tags, TagSelection.Multiple, run);

    private static IReadOnlyList<string> LackingAt(double time, IReadOnlyList<WantedTag> tags, params FrameRecord[] records) =>
        LackingAt(time, tags, TagSelection.Multiple, records);

    private static IReadOnlyList<string> LackingAt(
        double time,
        IReadOnlyList<WantedTag> tags,
        TagSelection selection,
        params FrameRecord[] records
    ) => new AnswerTimeline(records, tags, selection, "run-1").At(Seconds(time), Quarter).MissingTags();

    private static double ConfidenceAt(double time, params FrameRecord[] records) =>
        TimelineOf(Tags("Kissing"), records).At(Seconds(time), Quarter).ToTimedAnswer().Tags!["Kissing"];
}
