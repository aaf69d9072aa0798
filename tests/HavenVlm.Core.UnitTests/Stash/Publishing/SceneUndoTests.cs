using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.StashFixture;

namespace HavenVlm.Core.UnitTests.Stash.Publishing;

/// <summary>Undo takes back exactly what was written, and nothing else.</summary>
public sealed class SceneUndoTests
{
    private static readonly Core.Markers.MarkerSet Some = Wanted(
        Span("Kissing", 10, 26),
        Span("Kissing", 40, 50),
        Span("Hugging", 30, 40),
        Span("Waving", 5, 8)
    );

    public static TheoryData<StashVersion> Versions { get; } = [StashVersion.Old2023, StashVersion.New2026];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Afterwards_the_library_is_what_it_was_before_the_first_publication(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var library = fixture.Stash.Library;
        library.TagScene(fixture.Scene, library.AddTag("Hugging").Id, library.AddTag("Holiday").Id);
        library.AddMarker(fixture.Scene, fixture.TagId("Hugging"), 70, title: "mine");
        var before = library.Snapshot();
        await fixture.PublishAsync(Some);

        var result = await UndoAsync(fixture);
        var (removed, kept) = await fixture.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);

        Assert.Equal(before, library.Snapshot());
        Assert.Equal(4, result.Count(PublicationChangeKind.MarkerDestroyed));
        Assert.Equal(
            ["Kissing", "VLM", "VLM_Errored", "VLM_Incorrect", "VLM_TagMe", "VLM_Tagged", "VLM_TuneMe", "VLM_UpdateMe", "Waving"],
            removed
        );
        Assert.Empty(kept);
        Assert.False((await StoredAsync(fixture)).Record.IsAboutStash);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_later_run_starts_as_if_there_had_been_none(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        await fixture.PublishAsync(Some);
        var first = fixture.Markers();
        fixture.Stash.Library.DeleteMarker(fixture.Stash.Library.MarkersOf(fixture.Scene)[0].Id);
        fixture.Stash.Library.UntagScene(fixture.Scene, fixture.TagId("Kissing"));

        await UndoAsync(fixture);
        await fixture.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);
        await fixture.PublishAsync(Some);

        Assert.Equal(first, fixture.Markers());
        Assert.Equal(["Hugging", "Kissing", "VLM_Tagged", "Waving"], fixture.Stash.Library.TagNamesOf(fixture.Scene));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_the_user_edited_added_or_uses_stays(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var library = fixture.Stash.Library;
        var other = fixture.AddScene("Another");
        await fixture.PublishAsync(Some);
        var edited = library.MarkersOf(fixture.Scene)[1];
        library.MoveMarker(edited.Id, edited.Seconds + 3, edited.EndSeconds + 3);
        var mine = library.AddMarker(fixture.Scene, fixture.TagId("Kissing"), 100, tagIds: [fixture.TagId("VLM")]);
        library.TagScene(other, fixture.TagId("Waving"), fixture.TagId("VLM_TagMe"));
        library.RenameTag(fixture.TagId("Hugging"), "Embrace");

        await UndoAsync(fixture);
        var (_, kept) = await fixture.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);

        Assert.Equal([edited.Id, mine.Id], library.MarkersOf(fixture.Scene).Select(marker => marker.Id));
        Assert.Equal(["VLM_TagMe", "Waving"], library.TagNamesOf(other));
        Assert.Equal(["Embrace", "Kissing", "VLM", "VLM_TagMe", "Waving"], kept);
        Assert.Empty(library.TagNamesOf(fixture.Scene));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task State_tags_that_were_there_before_stay_and_our_errors_go(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        var library = fixture.Stash.Library;
        library.TagScene(fixture.Scene, library.AddTag("VLM_Tagged").Id);
        var other = fixture.AddScene("Another");
        await fixture.PublishAsync(Some);
        await fixture.Get<SceneStates>().MarkErroredAsync($"{other}", CancellationToken.None);

        await UndoAsync(fixture);
        await fixture.Get<SceneUndo>().UndoAsync($"{other}", release: false, dryRun: false, CancellationToken.None);

        Assert.Equal(["VLM_Tagged"], library.TagNamesOf(fixture.Scene));
        Assert.Empty(library.TagNamesOf(other));
    }

    [Fact]
    public async Task A_tag_that_a_saved_filter_names_stays()
    {
        await using var fixture = await StashFixture.OpenAsync(StashVersion.New2026);
        await fixture.PublishAsync(Some);
        var id = fixture.TagId("Waving");
        fixture.Stash.Library.AddSavedFilter(
            "SCENES",
            "Wavers",
            objectFilter: "{\"tags\":{\"modifier\":\"INCLUDES\",\"value\":{\"items\":[{\"id\":\""
                + id
                + "\",\"label\":\"Waving\"}],\"depth\":0}}}"
        );

        await UndoAsync(fixture);
        var (_, kept) = await fixture.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);

        Assert.Equal(["VLM", "Waving"], kept);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Markers_that_wait_to_be_collected_go_too_and_settings_of_the_scene_stay(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        await fixture.PublishAsync(Some);
        foreach (var marker in fixture.Stash.Library.MarkersOf(fixture.Scene))
        {
            fixture.Stash.Library.SetMarkerTags(marker.Id, [.. marker.TagIds, fixture.TagId("VLM_Incorrect")]);
        }

        var settings = System.Text.Json.JsonSerializer.SerializeToElement(new { threshold = 0.5 });
        await fixture
            .Get<PublicationRecordStore>()
            .UpdateAsync(PublicationSubject.Scene(fixture.SceneId), record => record with { Settings = settings }, CancellationToken.None);

        await UndoAsync(fixture);

        Assert.Empty(fixture.Markers());
        var record = (await StoredAsync(fixture)).Record;
        Assert.Equal(0.5, record.Settings!.Value.GetProperty("threshold").GetDouble());
        Assert.False(record.IsAboutStash);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_dry_run_says_what_undoing_does_and_changes_nothing(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        await fixture.PublishAsync(Some);
        var before = fixture.Stash.Library.Snapshot(withTimes: true);
        fixture.Stash.Requests.Clear();

        var announced = await UndoAsync(fixture, dryRun: true);
        var (would, _) = await fixture.Get<CreatedTags>().RemoveUnusedAsync(dryRun: true, CancellationToken.None);

        Assert.Equal(0, fixture.Stash.Requests.MutationCount);
        Assert.Equal(before, fixture.Stash.Library.Snapshot(withTimes: true));
        Assert.Equal(announced.Changes, (await UndoAsync(fixture)).Changes);
        var (removed, _) = await fixture.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);
        Assert.Equal(would, removed);
    }

    [Fact]
    public async Task A_record_of_another_Stash_is_left_alone()
    {
        await using var fixture = await StashFixture.OpenAsync(StashVersion.New2026);
        await fixture.PublishAsync(Some);
        var subject = PublicationSubject.Scene(fixture.SceneId);
        await fixture
            .Get<PublicationRecordStore>()
            .UpdateAsync(subject, record => record with { CreatedAt = "2001-01-01T00:00:00Z" }, CancellationToken.None);
        fixture.Stash.Requests.Clear();

        var result = await UndoAsync(fixture);

        Assert.Equal(PublicationOutcome.SceneGone, result.Outcome);
        Assert.Equal(0, fixture.Stash.Requests.MutationCount);
        Assert.True((await StoredAsync(fixture)).Record.IsAboutStash);
    }

    [Fact]
    public async Task The_record_of_a_scene_that_is_gone_is_forgotten()
    {
        await using var fixture = await StashFixture.OpenAsync(StashVersion.New2026);
        await fixture.PublishAsync(Some);
        fixture.Stash.Library.DeleteScene(fixture.Scene);

        Assert.Equal(PublicationOutcome.SceneGone, (await UndoAsync(fixture)).Outcome);
        Assert.Null((await StoredAsync(fixture)).Version);
    }

    private static Task<PublicationResult> UndoAsync(StashFixture house, bool dryRun = false) =>
        house.Get<SceneUndo>().UndoAsync(house.SceneId, release: false, dryRun, CancellationToken.None);

    private static Task<StoredPublicationRecord> StoredAsync(StashFixture fixture) =>
        fixture.Get<PublicationRecordStore>().ReadAsync(PublicationSubject.Scene(fixture.SceneId), CancellationToken.None);
}
