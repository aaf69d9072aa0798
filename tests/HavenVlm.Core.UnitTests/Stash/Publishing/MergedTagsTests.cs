using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.Time.Testing;
using static HavenVlm.Tests.Shared.StashFixture;

namespace HavenVlm.Core.UnitTests.Stash.Publishing;

/// <summary>Tags of ours that a person merged, renamed or deleted in Stash are followed on scenes, images and markers alike.</summary>
public sealed class MergedTagsTests
{
    private static readonly MarkerSet Some = Wanted(Span("Kissing", 10, 26), Span("Kissing", 40, 50), Span("Hugging", 30, 40));

    public static TheoryData<StashVersion> Versions { get; } = [StashVersion.Old2023, StashVersion.New2026];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Undo_takes_the_tag_off_that_ours_was_merged_into(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var library = fixture.Stash.Library;
        library.TagScene(fixture.Scene, library.AddTag("Holiday").Id);
        await fixture.PublishAsync(Some);
        library.MergeTags(library.AddTag("Smooch").Id, fixture.TagId("Kissing"));

        var undone = await UndoAsync(fixture);

        Assert.Equal(["Holiday"], library.TagNamesOf(fixture.Scene));
        Assert.Empty(fixture.Markers());
        Assert.Empty(undone.Left);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_rebuild_takes_the_tag_off_that_ours_was_merged_into_when_it_no_longer_holds(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var library = fixture.Stash.Library;
        await fixture.PublishAsync(Some);
        library.MergeTags(library.AddTag("Smooch").Id, fixture.TagId("Kissing"));

        Assert.Empty((await fixture.PublishAsync(Some)).Changes);
        await fixture.PublishAsync(Wanted(Span("Hugging", 30, 40)));

        Assert.Equal(["Hugging", "VLM_Tagged"], library.TagNamesOf(fixture.Scene));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tag_that_the_scene_had_before_stays_when_ours_is_merged_into_it(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var library = fixture.Stash.Library;
        var smooch = library.AddTag("Smooch").Id;
        library.TagScene(fixture.Scene, smooch);
        await fixture.PublishAsync(Some);
        library.MergeTags(smooch, fixture.TagId("Kissing"));

        var undone = await UndoAsync(fixture);

        Assert.Equal(["Smooch"], library.TagNamesOf(fixture.Scene));
        Assert.Equal([new PublicationLeft("Kissing", LeftReason.Merged)], undone.Left);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tag_that_the_user_put_on_after_us_stays_when_ours_is_merged_into_it(StashVersion version)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var fixture = await OpenAsync(version, time);
        var library = fixture.Stash.Library;
        var smooch = library.AddTag("Smooch").Id;
        await fixture.PublishAsync(Some);
        time.Advance(TimeSpan.FromHours(1));
        library.TagScene(fixture.Scene, smooch);
        library.MergeTags(smooch, fixture.TagId("Kissing"));

        var planned = await UndoAsync(fixture, dryRun: true);
        await fixture.PublishAsync(Wanted(Span("Hugging", 30, 40)));
        Assert.Contains("Smooch", library.TagNamesOf(fixture.Scene));
        await UndoAsync(fixture);

        Assert.Equal(["Smooch"], library.TagNamesOf(fixture.Scene));
        Assert.Contains(new PublicationLeft("Kissing", LeftReason.Merged), planned.Left);
    }

    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.New2026)]
    public async Task A_tag_that_the_user_put_on_an_image_after_us_stays_when_ours_is_merged_into_it(StashVersion version)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var fixture = await ImageFixture.OpenAsync(version, time: time);
        var (added, followed) = (fixture.Images[0], fixture.Images[1]);
        _ = await fixture.PublishAsync((added, "Kissing"), (followed, "Kissing"));
        time.Advance(TimeSpan.FromHours(1));
        _ = fixture.Stash.Library.TagImage(added, fixture.Tag("Smooch"));
        fixture.Stash.Library.MergeTags(fixture.Tag("Smooch"), fixture.Tag("Kissing"));

        var undone = await fixture.UndoAsync(dryRun: false, added, followed);

        Assert.Equal(("Smooch", ""), (fixture.TagsOf(added), fixture.TagsOf(followed)));
        Assert.Equal([LeftReason.Merged], undone[0].Left.Select(left => left.Reason));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tag_of_the_users_that_was_merged_along_with_ours_stays(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var library = fixture.Stash.Library;
        library.TagScene(fixture.Scene, library.AddTag("Cuddling").Id);
        await fixture.PublishAsync(Some);
        library.MergeTags(library.AddTag("Love").Id, fixture.TagId("Kissing"), fixture.TagId("Cuddling"));

        await UndoAsync(fixture);

        Assert.Equal(["Love"], library.TagNamesOf(fixture.Scene));
    }

    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.New2026)]
    public async Task Merged_tags_are_followed_on_images(StashVersion version)
    {
        await using var fixture = await ImageFixture.OpenAsync(version);
        var (ours, theirs) = (fixture.Images[0], fixture.Images[1]);
        var library = fixture.Stash.Library;
        _ = library.TagImage(theirs, fixture.Tag("Smooch"));
        _ = await fixture.PublishAsync((ours, "Kissing"), (theirs, "Kissing"));
        library.MergeTags(fixture.Tag("Smooch"), fixture.Tag("Kissing"));
        _ = await fixture.PublishAsync((ours, "Kissing"));
        Assert.Equal("Smooch,VLM_Tagged", fixture.TagsOf(ours));

        var undone = await fixture.UndoAsync(dryRun: false, ours, theirs);

        Assert.Equal(("", "Smooch"), (fixture.TagsOf(ours), fixture.TagsOf(theirs)));
        Assert.Equal([LeftReason.Merged], undone[1].Left.Select(left => left.Reason));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task With_VLM_deleted_undo_takes_the_tags_off_and_reports_the_markers_that_stay(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var library = fixture.Stash.Library;
        await fixture.PublishAsync(Some);
        library.DeleteTag(fixture.TagId("VLM"));

        var planned = await UndoAsync(fixture, dryRun: true);
        var undone = await UndoAsync(fixture);

        Assert.Empty(library.TagNamesOf(fixture.Scene));
        Assert.Equal(3, fixture.Markers().Count);
        Assert.Equal(3, undone.Left.Count);
        Assert.Equal(planned.Left, undone.Left);
        Assert.Contains(
            "keep marker Kissing 0:10-0:26: the tag VLM was deleted in Stash, so it counts as yours",
            undone.Left.Select(left => left.ToText("VLM"))
        );
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task With_VLM_renamed_and_then_merged_our_markers_stay_ours(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var library = fixture.Stash.Library;
        await fixture.PublishAsync(Some);
        library.RenameTag(fixture.TagId("VLM"), "AI");
        library.MergeTags(library.AddTag("Machine").Id, fixture.TagId("AI"));
        _ = fixture.NewProcess();
        var ids = library.MarkersOf(fixture.Scene).Select(marker => marker.Id).ToList();

        var rebuilt = await fixture.PublishAsync(Some);
        await fixture.PublishAsync(Wanted(Span("Kissing", 10, 20), Span("Kissing", 40, 50), Span("Hugging", 30, 40)));

        Assert.DoesNotContain(rebuilt.Changes, change => change.Kind is not (PublicationChangeKind.TagCreated));
        Assert.Equal(ids, library.MarkersOf(fixture.Scene).Select(marker => marker.Id));
        Assert.All(fixture.Markers(), marker => Assert.EndsWith(" Machine", marker, StringComparison.Ordinal));
        var undone = await UndoAsync(fixture);
        Assert.Empty(fixture.Markers());
        Assert.Empty(undone.Left);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_marker_that_a_person_took_VLM_off_is_theirs_whatever_else_it_carries(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var library = fixture.Stash.Library;
        await fixture.PublishAsync(Some);
        var freed = library.MarkersOf(fixture.Scene)[0];
        library.SetMarkerTags(freed.Id, library.AddTag("Favorite").Id);

        var undone = await UndoAsync(fixture);

        Assert.Equal([freed.Id], library.MarkersOf(fixture.Scene).Select(marker => marker.Id));
        Assert.Single(undone.Left);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Undo_reports_what_was_edited_also_when_a_rebuild_saw_it_first(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var library = fixture.Stash.Library;
        await fixture.PublishAsync(Some);
        var edited = library.MarkersOf(fixture.Scene)[0];
        library.MoveMarker(edited.Id, edited.Seconds + 3, edited.EndSeconds + 3);
        await fixture.PublishAsync(Some);

        var undone = await UndoAsync(fixture);

        Assert.Equal("keep marker Kissing 0:10-0:26: edited in Stash", Assert.Single(undone.Left).ToText("VLM"));
    }

    [Fact]
    public async Task A_damaged_record_is_reported_by_undo()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        await fixture.PublishAsync(Some);
        var name = PublicationSubject.Scene(fixture.SceneId).ArtifactName;
        var version = (await fixture.Artifacts.ReadAsync(name, CancellationToken.None))!.Version;
        await fixture.Artifacts.ReplaceAsync(name, "{"u8.ToArray(), version, CancellationToken.None);

        var undone = await UndoAsync(fixture);

        Assert.Empty(undone.Changes);
        Assert.Equal("keep what was written earlier: its publication record was damaged", Assert.Single(undone.Left).ToText("VLM"));
        var damaged = await fixture.Get<PublicationRecordStore>().ListDamagedAsync(CancellationToken.None).ToListAsync();
        Assert.Equal([PublicationSubject.Scene(fixture.SceneId)], damaged);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tag_whose_creation_was_carried_out_after_its_reply_was_lost_is_removed_by_undo(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var library = fixture.Stash.Library;
        var before = library.Snapshot();
        await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        fixture.Stash.Fault = new StashFault
        {
            Execution = StashExecution.Late,
            Containing = "tagCreate",
            Times = 1,
        };
        await Assert.ThrowsAnyAsync<Exception>(() => fixture.PublishAsync(Some));
        await fixture.Stash.CarryOutLateAsync();
        Assert.NotNull(library.FindTag("Kissing"));

        await UndoAsync(fixture);
        var (removed, kept) = await fixture.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);

        Assert.Contains("Kissing", removed);
        Assert.Empty(kept);
        Assert.Equal(before, library.Snapshot());
    }

    [Fact]
    public async Task A_tag_of_the_users_that_we_found_is_not_ours_because_we_were_about_to_create_it()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        await fixture.Get<TagRegistry>().IntendAsync(["Kissing"], CancellationToken.None);
        fixture.Stash.Library.AddTag("Kissing");

        await fixture.PublishAsync(Some);
        await UndoAsync(fixture);
        await fixture.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);

        Assert.NotNull(fixture.Stash.Library.FindTag("Kissing"));
    }

    private static Task<PublicationResult> UndoAsync(StashFixture fixture, bool dryRun = false) =>
        fixture.Get<SceneUndo>().UndoAsync(fixture.SceneId, release: false, dryRun, CancellationToken.None);
}
