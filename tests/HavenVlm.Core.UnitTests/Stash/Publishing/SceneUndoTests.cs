using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.StashHouse;

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
        await using var house = await StashHouse.OpenAsync(version);
        var library = house.Stash.Library;
        library.TagScene(house.Scene, library.AddTag("Hugging").Id, library.AddTag("Holiday").Id);
        library.AddMarker(house.Scene, house.TagId("Hugging"), 70, title: "mine");
        var before = library.Snapshot();
        await house.PublishAsync(Some);

        var result = await UndoAsync(house);
        var (removed, kept) = await house.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);

        Assert.Equal(before, library.Snapshot());
        Assert.Equal(4, result.Count(PublicationChangeKind.MarkerDestroyed));
        Assert.Equal(
            ["Kissing", "VLM", "VLM_Errored", "VLM_Incorrect", "VLM_TagMe", "VLM_Tagged", "VLM_TuneMe", "VLM_UpdateMe", "Waving"],
            removed
        );
        Assert.Empty(kept);
        Assert.False((await StoredAsync(house)).Record.IsAboutStash);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_later_run_starts_as_if_there_had_been_none(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        await house.PublishAsync(Some);
        var first = house.Markers();
        house.Stash.Library.DeleteMarker(house.Stash.Library.MarkersOf(house.Scene)[0].Id);
        house.Stash.Library.UntagScene(house.Scene, house.TagId("Kissing"));

        await UndoAsync(house);
        await house.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);
        await house.PublishAsync(Some);

        Assert.Equal(first, house.Markers());
        Assert.Equal(["Hugging", "Kissing", "VLM_Tagged", "Waving"], house.Stash.Library.TagNamesOf(house.Scene));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_the_user_edited_added_or_uses_stays(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        var library = house.Stash.Library;
        var other = house.AddScene("Another");
        await house.PublishAsync(Some);
        var edited = library.MarkersOf(house.Scene)[1];
        library.MoveMarker(edited.Id, edited.Seconds + 3, edited.EndSeconds + 3);
        var mine = library.AddMarker(house.Scene, house.TagId("Kissing"), 100, tagIds: [house.TagId("VLM")]);
        library.TagScene(other, house.TagId("Waving"), house.TagId("VLM_TagMe"));
        library.RenameTag(house.TagId("Hugging"), "Embrace");

        await UndoAsync(house);
        var (_, kept) = await house.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);

        Assert.Equal([edited.Id, mine.Id], library.MarkersOf(house.Scene).Select(marker => marker.Id));
        Assert.Equal(["VLM_TagMe", "Waving"], library.TagNamesOf(other));
        Assert.Equal(["Embrace", "Kissing", "VLM", "VLM_TagMe", "Waving"], kept);
        Assert.Empty(library.TagNamesOf(house.Scene));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task State_tags_that_were_there_before_stay_and_our_errors_go(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        var library = house.Stash.Library;
        library.TagScene(house.Scene, library.AddTag("VLM_Tagged").Id);
        var other = house.AddScene("Another");
        await house.PublishAsync(Some);
        await house.Get<SceneStates>().MarkErroredAsync($"{other}", CancellationToken.None);

        await UndoAsync(house);
        await house.Get<SceneUndo>().UndoAsync($"{other}", release: false, dryRun: false, CancellationToken.None);

        Assert.Equal(["VLM_Tagged"], library.TagNamesOf(house.Scene));
        Assert.Empty(library.TagNamesOf(other));
    }

    [Fact]
    public async Task A_tag_that_a_saved_filter_names_stays()
    {
        await using var house = await StashHouse.OpenAsync(StashVersion.New2026);
        await house.PublishAsync(Some);
        var id = house.TagId("Waving");
        house.Stash.Library.AddSavedFilter(
            "SCENES",
            "Wavers",
            objectFilter: "{\"tags\":{\"modifier\":\"INCLUDES\",\"value\":{\"items\":[{\"id\":\""
                + id
                + "\",\"label\":\"Waving\"}],\"depth\":0}}}"
        );

        await UndoAsync(house);
        var (_, kept) = await house.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);

        Assert.Equal(["VLM", "Waving"], kept);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Markers_that_wait_to_be_collected_go_too_and_settings_of_the_scene_stay(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        await house.PublishAsync(Some);
        foreach (var marker in house.Stash.Library.MarkersOf(house.Scene))
        {
            house.Stash.Library.SetMarkerTags(marker.Id, [.. marker.TagIds, house.TagId("VLM_Incorrect")]);
        }

        var settings = System.Text.Json.JsonSerializer.SerializeToElement(new { threshold = 0.5 });
        await house
            .Get<PublicationRecordStore>()
            .UpdateAsync(PublicationSubject.Scene(house.SceneId), record => record with { Settings = settings }, CancellationToken.None);

        await UndoAsync(house);

        Assert.Empty(house.Markers());
        var record = (await StoredAsync(house)).Record;
        Assert.Equal(0.5, record.Settings!.Value.GetProperty("threshold").GetDouble());
        Assert.False(record.IsAboutStash);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_dry_run_says_what_undoing_does_and_changes_nothing(StashVersion version)
    {
        await using var house = await StashHouse.OpenAsync(version);
        await house.PublishAsync(Some);
        var before = house.Stash.Library.Snapshot(withTimes: true);
        house.Stash.Requests.Clear();

        var announced = await UndoAsync(house, dryRun: true);
        var (would, _) = await house.Get<CreatedTags>().RemoveUnusedAsync(dryRun: true, CancellationToken.None);

        Assert.Equal(0, house.Stash.Requests.MutationCount);
        Assert.Equal(before, house.Stash.Library.Snapshot(withTimes: true));
        Assert.Equal(announced.Changes, (await UndoAsync(house)).Changes);
        var (removed, _) = await house.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);
        Assert.Equal(would, removed);
    }

    [Fact]
    public async Task A_record_of_another_Stash_is_left_alone()
    {
        await using var house = await StashHouse.OpenAsync(StashVersion.New2026);
        await house.PublishAsync(Some);
        var subject = PublicationSubject.Scene(house.SceneId);
        await house
            .Get<PublicationRecordStore>()
            .UpdateAsync(subject, record => record with { CreatedAt = "2001-01-01T00:00:00Z" }, CancellationToken.None);
        house.Stash.Requests.Clear();

        var result = await UndoAsync(house);

        Assert.Equal(PublicationOutcome.SceneGone, result.Outcome);
        Assert.Equal(0, house.Stash.Requests.MutationCount);
        Assert.True((await StoredAsync(house)).Record.IsAboutStash);
    }

    [Fact]
    public async Task The_record_of_a_scene_that_is_gone_is_forgotten()
    {
        await using var house = await StashHouse.OpenAsync(StashVersion.New2026);
        await house.PublishAsync(Some);
        house.Stash.Library.DeleteScene(house.Scene);

        Assert.Equal(PublicationOutcome.SceneGone, (await UndoAsync(house)).Outcome);
        Assert.Null((await StoredAsync(house)).Version);
    }

    private static Task<PublicationResult> UndoAsync(StashHouse house, bool dryRun = false) =>
        house.Get<SceneUndo>().UndoAsync(house.SceneId, release: false, dryRun, CancellationToken.None);

    private static Task<StoredPublicationRecord> StoredAsync(StashHouse house) =>
        house.Get<PublicationRecordStore>().ReadAsync(PublicationSubject.Scene(house.SceneId), CancellationToken.None);
}
