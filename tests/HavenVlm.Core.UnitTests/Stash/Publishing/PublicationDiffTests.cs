using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Stash.Publishing;

public sealed class PublicationDiffTests
{
    private const string Kissing = "3";
    private const string Hugging = "4";

    private readonly SceneModel _scene = new(hasMarkerEnd: true);

    [Fact]
    public void Wanted_markers_and_tags_are_written_with_the_base_tag_beside_the_own_one()
    {
        var plan = _scene.Publish(Wish([Span(Kissing, 10, 26)], Kissing));

        var marker = Assert.Single(_scene.Markers);
        Assert.Equal(
            (Kissing, 10.0, 26.0, SceneModel.Base),
            (marker.PrimaryTag.Id, marker.Seconds, marker.EndSeconds!.Value, marker.Tags.Single().Id)
        );
        Assert.Equal([Kissing], _scene.Tags);
        Assert.Equal("Tag 3", plan.Create.Single().Content.Title);
    }

    [Fact]
    public void A_tag_that_the_scene_has_already_stays_the_users()
    {
        _ = _scene.Tags.Add(Kissing);
        _ = _scene.Publish(Wish([], Kissing));
        _ = _scene.Publish(Wish([]));

        Assert.Equal([Kissing], _scene.Tags);
    }

    [Fact]
    public void A_tag_of_ours_that_is_no_longer_wanted_is_taken_off()
    {
        _ = _scene.Publish(Wish([], Kissing, Hugging));
        _ = _scene.Publish(Wish([], Hugging));

        Assert.Equal([Hugging], _scene.Tags);
    }

    [Fact]
    public void A_tag_that_the_user_took_off_is_never_put_on_again_until_reset()
    {
        _ = _scene.Publish(Wish([], Kissing));
        _ = _scene.Tags.Remove(Kissing);
        var plan = _scene.Publish(Wish([], Kissing));
        Assert.Empty(_scene.Tags);
        Assert.Equal(SkipReason.Deleted, plan.SkippedTags.Single().Reason);

        _ = _scene.Publish(Wish([], Kissing) with { Reset = true });
        Assert.Equal([Kissing], _scene.Tags);
    }

    [Fact]
    public void A_marker_that_the_user_deleted_is_never_written_again_until_reset()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 26)]));
        _scene.Markers.Clear();
        var plan = _scene.Publish(Wish([Span(Kissing, 9, 27)]));
        Assert.Empty(_scene.Markers);
        Assert.Equal(SkipReason.Deleted, plan.SkippedMarkers.Single().Reason);

        _ = _scene.Publish(Wish([Span(Kissing, 9, 27)]) with { Reset = true });
        Assert.Equal(9, Assert.Single(_scene.Markers).Seconds);
    }

    [Fact]
    public void A_marker_that_the_user_moved_stays_where_it_is_and_alone()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 26)]));
        var moved = _scene.Change(_scene.Markers.Single(), marker => marker with { Seconds = 60, EndSeconds = 70 });
        var plan = _scene.Publish(Wish([Span(Kissing, 10, 26)]));

        Assert.Equal(moved, Assert.Single(_scene.Markers));
        Assert.Equal(SkipReason.Edited, plan.SkippedMarkers.Single().Reason);
        Assert.Empty(_scene.Record.Markers);
    }

    [Fact]
    public void A_marker_whose_base_tag_the_user_took_off_is_the_users()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 26)]));
        var taken = _scene.Change(_scene.Markers.Single(), marker => marker with { Tags = [] });
        _ = _scene.Publish(Wish([]));

        Assert.Equal(taken, Assert.Single(_scene.Markers));
    }

    [Fact]
    public void A_marker_with_the_base_tag_that_is_not_in_the_record_is_the_users()
    {
        var own = _scene.Add(Kissing, 10, 26, SceneModel.Base);
        _ = _scene.Publish(Wish([Span(Kissing, 12, 30)]));

        Assert.Equal(own, Assert.Single(_scene.Markers));
    }

    [Fact]
    public void No_marker_is_laid_over_one_of_the_same_tag_but_over_one_of_another_tag()
    {
        _ = _scene.Add(Kissing, 12, 14);
        var plan = _scene.Publish(Wish([Span(Kissing, 10, 26), Span(Hugging, 10, 26)]));

        Assert.Equal(Hugging, plan.Create.Single().Content.TagId);
        Assert.Equal(SkipReason.Occupied, plan.SkippedMarkers.Single().Reason);
    }

    [Theory]
    [InlineData(15.9, true)]
    [InlineData(16, false)]
    public void A_marker_without_an_end_counts_to_its_start_and_the_gap(double start, bool isOccupied)
    {
        _ = _scene.Add(Kissing, 10, end: null);
        var plan = _scene.Publish(Wish([Span(Kissing, start, 30)]));

        Assert.Equal(isOccupied, plan.Create.Count == 0);
    }

    [Fact]
    public void What_is_left_of_ours_in_a_span_that_may_not_be_written_stays()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 26), Span(Kissing, 40, 60)]));
        _scene.Markers.RemoveAll(marker => marker.Seconds == 10);
        _ = _scene.Publish(Wish([Span(Kissing, 10, 60)]));

        Assert.Equal(40, Assert.Single(_scene.Markers).Seconds);
    }

    [Fact]
    public void Ours_move_to_the_span_that_they_overlap_most_and_keep_their_id()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 26), Span(Kissing, 40, 60)]));
        var ids = _scene.Markers.Select(marker => marker.Id).ToList();
        var plan = _scene.Publish(Wish([Span(Kissing, 10, 24), Span(Kissing, 24, 58)]));

        Assert.Empty(plan.Create);
        Assert.Empty(plan.Destroy);
        Assert.Equal(2, plan.Move.Count);
        Assert.Equal(ids, _scene.Markers.Select(marker => marker.Id));
        Assert.Equal([(10.0, 24.0), (24.0, 58.0)], _scene.Markers.Select(marker => (marker.Seconds, marker.EndSeconds!.Value)));
    }

    [Fact]
    public void Marking_as_incorrect_is_no_edit_and_keeps_the_marker_until_it_is_collected()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 26)]));
        var marked = _scene.Change(
            _scene.Markers.Single(),
            marker => marker with { Tags = [.. marker.Tags, new StashTagName(SceneModel.Incorrect, "VLM_Incorrect")] }
        );
        var plan = _scene.Publish(Wish([Span(Kissing, 12, 30)]));

        Assert.Equal(marked, Assert.Single(_scene.Markers));
        Assert.False(plan.ChangesMarkers);
        Assert.Equal(marked.Id, _scene.Record.Markers.Single().Id);
    }

    [Fact]
    public void A_collected_span_is_not_written_again()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 26)]));
        var record = _scene.Record.WithIncorrect([_scene.Markers.Single().Id]);

        Assert.Equal(TombstoneReason.Incorrect, record.DeletedMarkers.Single().Reason);
        Assert.Equal(TimeSpan.FromSeconds(26), record.DeletedMarkers.Single().End);
    }

    [Fact]
    public void Two_names_of_one_tag_are_joined_where_their_spans_overlap()
    {
        var plan = _scene.Publish(Wish([Span(Kissing, 10, 26), Span(Kissing, 20, 30) with { Name = "Smooch" }, Span(Kissing, 30, 40)]));

        Assert.Equal([(10.0, 30.0), (30.0, 40.0)], _scene.Markers.Select(marker => (marker.Seconds, marker.EndSeconds!.Value)));
        Assert.Equal(2, plan.Create.Count);
    }

    [Fact]
    public void A_server_that_learned_about_ends_gets_them_by_moving()
    {
        var old = new SceneModel(hasMarkerEnd: false);
        _ = old.Publish(Wish([Span(Kissing, 10, 26)]));
        var state = new PublicationState
        {
            SceneTags = old.Tags,
            Markers = old.Markers,
            Record = old.Record,
            BaseTag = SceneModel.Base,
            IncorrectTag = SceneModel.Incorrect,
            HasMarkerEnd = true,
        };
        var plan = PublicationDiff.Compute(state, Wish([Span(Kissing, 10, 26)]));

        Assert.Equal(TimeSpan.FromSeconds(26), plan.Move.Single().To.Content.End);
        Assert.Empty(plan.Create);
    }

    [Fact]
    public void Times_outside_of_any_video_do_no_harm()
    {
        _ = _scene.Add(Kissing, -5, 1e30);
        _ = _scene.Add(Hugging, double.MaxValue, double.MinValue);
        var plan = _scene.Publish(Wish([Span(Kissing, 10, 26), Span(Hugging, 10, 26)]));

        Assert.Equal(Hugging, plan.Create.Single().Content.TagId);
    }

    [Fact]
    public void After_a_merge_ours_are_still_ours_under_the_tag_that_is_left()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 26)]));
        _ = _scene.Change(
            _scene.Markers.Single(),
            marker => marker with { PrimaryTag = new StashTagName("7", "Smooch"), Tags = [new StashTagName("8", "AI")] }
        );
        var state = new PublicationState
        {
            SceneTags = _scene.Tags,
            Markers = _scene.Markers,
            Record = _scene.Record,
            BaseTag = "8",
            IncorrectTag = SceneModel.Incorrect,
            HasMarkerEnd = true,
            VanishedTags = new Dictionary<string, string?> { [Kissing] = "7", [SceneModel.Base] = "8" },
        };
        var plan = PublicationDiff.Compute(state, Wish([Span("7", 10, 20)]));

        Assert.Equal(TimeSpan.FromSeconds(20), plan.Move.Single().To.Content.End);
        Assert.Empty(plan.SkippedMarkers);
    }

    [Fact]
    public void After_a_merge_the_scenes_tag_counts_as_the_users_where_an_older_program_did_not_list_theirs()
    {
        _ = _scene.Publish(Wish([], Kissing));
        var state = new PublicationState
        {
            SceneTags = new HashSet<string>(StringComparer.Ordinal) { "7" },
            Markers = [],
            Record = _scene.Record with { Others = null },
            BaseTag = SceneModel.Base,
            IncorrectTag = SceneModel.Incorrect,
            HasMarkerEnd = true,
            VanishedTags = new Dictionary<string, string?> { [Kissing] = "7" },
        };
        var plan = PublicationDiff.Compute(state, Wish([]));

        Assert.False(plan.ChangesTags);
        Assert.Empty(plan.Record.Tags);
        Assert.Empty(plan.Record.DeletedTags);
    }

    [Fact]
    public void A_marker_of_ours_that_is_no_longer_wanted_goes_and_the_users_stays()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 26)]));
        var users = _scene.Add(Kissing, 50, 60);
        _ = _scene.Publish(Wish([]));

        Assert.Equal(users, Assert.Single(_scene.Markers));
        Assert.Empty(_scene.Record.Markers);
    }

    [Fact]
    public void Removes_own_marker_under_a_new_span_and_reports_it()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 20), Span(Kissing, 22, 30), Span(Kissing, 31, 60)]));
        _scene.Markers.RemoveAll(marker => marker.Seconds == 10);
        var plan = _scene.Publish(Wish([Span(Kissing, 15, 25), Span(Kissing, 26, 60)]));

        Assert.Equal((26.0, 60.0), (Assert.Single(_scene.Markers).Seconds, _scene.Markers[0].EndSeconds!.Value));
        Assert.Equal(SkipReason.Deleted, Assert.Single(plan.SkippedMarkers).Reason);
    }

    [Fact]
    public void Ours_do_not_move_to_a_span_that_only_touches_them()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 20)]));
        var plan = _scene.Publish(Wish([Span(Kissing, 20, 30)]));

        Assert.Empty(plan.Move);
        Assert.Equal(20, Assert.Single(plan.Create).Content.Start.TotalSeconds);
        Assert.Equal(10, Assert.Single(plan.Destroy).Content.Start.TotalSeconds);
    }

    [Fact]
    public void A_server_that_knows_no_ends_gets_none_when_ours_move()
    {
        var old = new SceneModel(hasMarkerEnd: false);
        _ = old.Publish(Wish([Span(Kissing, 10, 26)]));
        var plan = old.Publish(Wish([Span(Kissing, 12, 30)]));

        var move = Assert.Single(plan.Move).To;
        Assert.Null(move.Content.End);
        Assert.Equal(TimeSpan.FromSeconds(30), move.SpanEnd);
    }

    [Fact]
    public void Where_the_user_deleted_a_marker_one_of_another_tag_may_be_written()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 26)]));
        _scene.Markers.Clear();
        var plan = _scene.Publish(Wish([Span(Hugging, 10, 26)]));

        Assert.Equal(Hugging, Assert.Single(plan.Create).Content.TagId);
        Assert.Empty(plan.SkippedMarkers);
    }

    [Fact]
    public void A_recreated_tag_is_still_the_one_that_the_user_removed()
    {
        _ = _scene.Publish(Wish([], Kissing));
        _ = _scene.Tags.Remove(Kissing);
        var plan = _scene.Publish(Wish([]) with { SceneTags = [new PublishedTag("9", $"Tag {Kissing}")] });

        Assert.Empty(_scene.Tags);
        Assert.Equal("9", Assert.Single(plan.SkippedTags).Tag.Id);
    }

    [Fact]
    public void An_undo_takes_away_what_waits_to_be_collected_as_incorrect_too()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 26)]));
        _ = _scene.Change(
            _scene.Markers.Single(),
            marker => marker with { Tags = [.. marker.Tags, new StashTagName(SceneModel.Incorrect, "VLM_Incorrect")] }
        );
        _ = _scene.Publish(Wish([]) with { TakesIncorrect = true });

        Assert.Empty(_scene.Markers);
    }

    [Fact]
    public void Of_two_names_of_one_tag_the_longer_span_holds_the_shorter_one_in_it()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 40), Span(Kissing, 12, 20) with { Name = "Smooch" }]));

        Assert.Equal((10.0, 40.0), (Assert.Single(_scene.Markers).Seconds, _scene.Markers[0].EndSeconds!.Value));
    }

    [Fact]
    public void A_span_without_length_is_written_as_one_millisecond()
    {
        _ = _scene.Publish(Wish([Span(Kissing, 10, 10.0001)]));

        Assert.Equal((10.0, 10.001), (Assert.Single(_scene.Markers).Seconds, _scene.Markers[0].EndSeconds!.Value));
    }

    private static DesiredPublication Wish(IReadOnlyList<WantedMarker> markers, params string[] tags) =>
        new() { Markers = markers, SceneTags = [.. tags.Select(tag => new PublishedTag(tag, $"Tag {tag}"))] };

    private static WantedMarker Span(string tag, double start, double end) =>
        new(tag, $"Tag {tag}", TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end), TimeSpan.FromSeconds(6));
}
