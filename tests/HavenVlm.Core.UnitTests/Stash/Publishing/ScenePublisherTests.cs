using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Simulation.Stash;
using static HavenVlm.Tests.Shared.StashFixture;

namespace HavenVlm.Core.UnitTests.Stash.Publishing;

public sealed class ScenePublisherTests
{
    public static TheoryData<StashVersion> Versions { get; } = [StashVersion.Old2023, StashVersion.Release28, StashVersion.New2026];

    [Theory]
    [InlineData(StashVersion.Old2023, "")]
    [InlineData(StashVersion.New2026, "26.5")]
    public async Task Results_are_written_beside_what_the_user_has(StashVersion version, string end)
    {
        await using var fixture = await OpenAsync(version);
        var library = fixture.Stash.Library;
        var own = library.AddTag("Beach").Id;
        var kissing = library.AddTag("Kissing", own);
        _ = library.TagScene(fixture.Scene, own);
        var marker = library.AddMarker(fixture.Scene, own, 50, title: "mine");
        await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        _ = library.TagScene(fixture.Scene, fixture.TagId("VLM_TagMe"), fixture.TagId("VLM_Errored"));

        var result = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26.5), Span("Hugging", 30, 40)));

        Assert.Equal(PublicationOutcome.Published, result.Outcome);
        Assert.Equal(["Beach", "Hugging", "Kissing", "VLM_Tagged"], library.TagNamesOf(fixture.Scene));
        Assert.Equal($"Kissing 10-{end} VLM", fixture.Markers()[0]);
        Assert.Equal(3, fixture.Markers().Count);
        Assert.Equal(marker, library.Markers[marker.Id]);
        Assert.Equal(kissing, library.Tags[kissing.Id]);
        var hugging = library.FindTag("Hugging")!;
        Assert.Equal((true, fixture.TagId("VLM")), (hugging.IgnoreAutoTag, Assert.Single(hugging.ParentIds)));
        Assert.Equal(
            [
                PublicationChangeKind.TagCreated,
                PublicationChangeKind.MarkerCreated,
                PublicationChangeKind.MarkerCreated,
                PublicationChangeKind.SceneTagAdded,
                PublicationChangeKind.SceneTagAdded,
                PublicationChangeKind.StateTagAdded,
                PublicationChangeKind.StateTagRemoved,
                PublicationChangeKind.StateTagRemoved,
            ],
            result.Changes.Select(change => change.Kind)
        );
    }

    public static TheoryData<StashVersion> EveryVersion { get; } =
    [.. Enum.GetValues<StashVersion>().Where(version => version != StashVersion.None)];

    [Theory]
    [MemberData(nameof(EveryVersion))]
    public async Task Works_with_every_version_between(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        _ = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26), Span("Hugging", 30, 40)));
        _ = await fixture.PublishAsync(Wanted(Span("Kissing", 12, 26)));
        var end = (await fixture.Client.SchemaAsync(CancellationToken.None)).HasMarkerEnd ? "26" : "";

        Assert.Equal([$"Kissing 12-{end} VLM"], fixture.Markers());
        Assert.Equal(["Kissing", "VLM_Tagged"], fixture.Stash.Library.TagNamesOf(fixture.Scene));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_second_time_makes_no_write_and_one_request(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var wanted = Wanted(Span("Kissing", 10, 26), Span("Hugging", 30, 40.125));
        _ = await fixture.PublishAsync(wanted);
        var before = fixture.Stash.Library.Snapshot(withTimes: true);
        fixture.Stash.Requests.Clear();
        fixture.Stash.ClearHooks();
        var result = await fixture.PublishAsync(wanted);

        Assert.Empty(result.Changes);
        Assert.Empty(fixture.Stash.Requests.Mutations);
        Assert.Empty(fixture.Stash.Hooks);
        _ = Assert.Single(fixture.Stash.Requests.All);
        Assert.Equal(before, fixture.Stash.Library.Snapshot(withTimes: true));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Two_hundred_markers_take_at_most_five_requests(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        _ = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        _ = fixture.Stash.Library.TagScene(fixture.Scene, fixture.TagId("VLM_TagMe"));
        // Also in a process that has only read the scene before.
        _ = fixture.NewProcess();
        _ = await fixture.Client.FindSceneAsync(fixture.SceneId, CancellationToken.None);
        fixture.Stash.Requests.Clear();
        var spans = Enumerable.Range(0, 200).Select(number => Span($"Tag {number % 10}", number * 10, (number * 10) + 5));
        _ = await fixture.PublishAsync(Wanted([.. spans]));

        Assert.Equal(200, fixture.Markers().Count);
        Assert.InRange(fixture.Stash.Requests.All.Count, 1, 5);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_marker_that_the_user_moved_stays_alone_and_one_that_was_deleted_stays_deleted(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var wanted = Wanted(Span("Kissing", 10, 26), Span("Hugging", 30, 40));
        _ = await fixture.PublishAsync(wanted);
        var (moved, deleted) = (fixture.Stash.Library.MarkersOf(fixture.Scene)[0].Id, fixture.Stash.Library.MarkersOf(fixture.Scene)[1].Id);
        var edited = fixture.Stash.Library.MoveMarker(moved, 12, version == StashVersion.Old2023 ? null : 20);
        fixture.Stash.Library.DeleteMarker(deleted);
        _ = fixture.Stash.Library.UntagScene(fixture.Scene, fixture.TagId("Hugging"));

        var result = await fixture.PublishAsync(wanted);
        Assert.Equal(edited, Assert.Single(fixture.Stash.Library.MarkersOf(fixture.Scene)));
        Assert.Equal(["Kissing", "VLM_Tagged"], fixture.Stash.Library.TagNamesOf(fixture.Scene));
        Assert.Empty(result.Changes);
        Assert.Equal(
            [("Kissing", SkipReason.Edited), ("Hugging", SkipReason.Deleted), ("Hugging", SkipReason.Deleted)],
            result.Skipped.Select(skip => (skip.Tag, skip.Reason))
        );

        var reset = await fixture.PublishAsync(wanted, request => request with { Reset = true });
        Assert.Equal(1, reset.Count(PublicationChangeKind.MarkerCreated));
        Assert.Equal(1, reset.Count(PublicationChangeKind.SceneTagAdded));
        Assert.Equal(2, fixture.Markers().Count);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Other_settings_move_what_is_ours_and_take_away_what_is_no_longer_wanted(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        _ = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26), Span("Hugging", 30, 40), Span("Hugging", 60, 80)));
        var ids = fixture.Stash.Library.MarkersOf(fixture.Scene).Select(marker => marker.Id).ToList();
        var result = await fixture.PublishAsync(Wanted(Span("Hugging", 45, 70)));

        Assert.Equal([ids[2]], fixture.Stash.Library.MarkersOf(fixture.Scene).Select(marker => marker.Id));
        Assert.Equal(version == StashVersion.Old2023 ? "Hugging 45- VLM" : "Hugging 45-70 VLM", Assert.Single(fixture.Markers()));
        Assert.Equal(["Hugging", "VLM_Tagged"], fixture.Stash.Library.TagNamesOf(fixture.Scene));
        Assert.Equal((2, 1), (result.Count(PublicationChangeKind.MarkerDestroyed), result.Count(PublicationChangeKind.MarkerMoved)));

        // The start goes past the end that Stash knows.
        _ = await fixture.PublishAsync(Wanted(Span("Hugging", 69, 90)));
        Assert.Equal(69, Assert.Single(fixture.Stash.Library.MarkersOf(fixture.Scene)).Seconds);
    }

    [Fact]
    public async Task Markers_count_in_the_players_time()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        _ = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)), request => request with { StartOffset = TimeSpan.FromSeconds(3) });

        Assert.Equal(["Kissing 13-29 VLM"], fixture.Markers());
    }

    [Fact]
    public async Task Without_markers_only_tags_are_written()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        var wanted = Wanted(Span("Kissing", 10, 26));
        _ = await fixture.PublishAsync(wanted);
        _ = await fixture.PublishAsync(wanted, request => request with { CreateMarkers = false });

        Assert.Empty(fixture.Markers());
        Assert.Equal(["Kissing", "VLM_Tagged"], fixture.Stash.Library.TagNamesOf(fixture.Scene));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_dry_run_says_what_would_be_written_and_writes_nothing(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var tag = fixture.Stash.Library.AddTag("VLM_TagMe").Id;
        _ = fixture.Stash.Library.TagScene(fixture.Scene, tag);
        var wanted = Wanted(Span("Kissing", 10, 26));
        var dry = await fixture.PublishAsync(wanted, request => request with { DryRun = true });

        Assert.Empty(fixture.Stash.Requests.Mutations);
        Assert.True(dry.DryRun);
        var wet = await fixture.PublishAsync(wanted);
        Assert.Equal(dry.Changes, wet.Changes);
        Assert.Contains(
            new PublicationChange(PublicationChangeKind.MarkerCreated, "Kissing", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(26)),
            dry.Changes
        );
    }

    [Fact]
    public async Task Work_that_was_called_off_writes_nothing()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        _ = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        fixture.Stash.Requests.Clear();
        var result = await fixture.PublishAsync(
            Wanted(Span("Kissing", 10, 26)),
            request => request with { StillWanted = _ => Task.FromResult(false) }
        );

        Assert.Equal(PublicationOutcome.CalledOff, result.Outcome);
        Assert.Empty(fixture.Stash.Requests.Mutations);
    }

    [Fact]
    public async Task Whether_it_is_still_wanted_is_asked_once_before_the_first_write()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        _ = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        fixture.Stash.Requests.Clear();
        var asked = 0;
        Task<bool> StillWanted(CancellationToken cancellationToken)
        {
            asked++;
            Assert.Empty(fixture.Stash.Requests.Mutations);
            return Task.FromResult(true);
        }

        _ = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)), request => request with { StillWanted = StillWanted });
        Assert.Equal(1, asked);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_scene_that_is_gone_is_said_to_be_gone(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        _ = await fixture.PublishAsync(Wanted());
        fixture.Stash.AtMutation(
            1,
            MutationMoment.Before,
            _ =>
            {
                fixture.Stash.Library.DeleteScene(fixture.Scene);
                return Task.CompletedTask;
            }
        );
        var result = await fixture.PublishAsync(Wanted(Span("VLM_Kissing", 10, 26)));
        Assert.Equal(PublicationOutcome.SceneGone, result.Outcome);
        Assert.Equal(PublicationOutcome.SceneGone, (await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)))).Outcome);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Tags_that_are_renamed_merged_and_deleted_while_running_do_not_stop_it(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var wanted = Wanted(Span("Kissing", 10, 26), Span("Hugging", 30, 40), Span("Waving", 50, 60));
        _ = await fixture.PublishAsync(wanted);
        var library = fixture.Stash.Library;
        var ids = library.MarkersOf(fixture.Scene).Select(marker => marker.Id).ToList();
        _ = library.RenameTag(fixture.TagId("Kissing"), "Smooching");
        _ = library.MergeTags(library.AddTag("Cuddling").Id, fixture.TagId("Hugging"));
        _ = library.MergeTags(library.AddTag("AI").Id, fixture.TagId("VLM"));
        library.DeleteTag(fixture.TagId("VLM_Errored"));
        fixture.Stash.Requests.Clear();
        var result = await fixture.PublishAsync(wanted);

        Assert.Equal(ids, library.MarkersOf(fixture.Scene).Select(marker => marker.Id));
        Assert.DoesNotContain(result.Changes, change => change.Kind is not PublicationChangeKind.TagCreated);
        Assert.Null(library.FindTag("VLM"));
        Assert.Null(library.FindTag("Hugging"));
        Assert.NotNull(library.FindTag("VLM_Errored"));

        _ = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 20), Span("Hugging", 30, 45), Span("Waving", 50, 65)));
        Assert.Equal(ids, library.MarkersOf(fixture.Scene).Select(marker => marker.Id));
        Assert.All(fixture.Markers(), marker => Assert.EndsWith(" AI", marker, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tag_that_was_renamed_and_later_merged_is_followed_by_its_last_name(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var wanted = Wanted(Span("Kissing", 10, 26));
        _ = await fixture.PublishAsync(wanted);
        _ = fixture.Stash.Library.RenameTag(fixture.TagId("Kissing"), "Smooching");
        _ = await fixture.PublishAsync(wanted);
        _ = fixture.Stash.Library.MergeTags(fixture.Stash.Library.AddTag("Love").Id, fixture.TagId("Smooching"));
        var result = await fixture.PublishAsync(wanted);

        Assert.Empty(result.Changes);
        Assert.Null(fixture.Stash.Library.FindTag("Kissing"));
        _ = await fixture.PublishAsync(Wanted());
        Assert.Empty(fixture.Markers());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_tag_that_is_deleted_between_reading_and_writing_is_made_again(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        _ = await fixture.PublishAsync(Wanted());
        _ = fixture.Stash.Library.AddTag("Kissing");
        fixture.Stash.AtMutation(
            1,
            MutationMoment.Before,
            _ =>
            {
                fixture.Stash.Library.DeleteTag(fixture.TagId("Kissing"));
                return Task.CompletedTask;
            }
        );
        var result = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)));

        Assert.Equal(PublicationOutcome.Published, result.Outcome);
        Assert.StartsWith("Kissing 10-", Assert.Single(fixture.Markers()), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_marker_that_is_deleted_between_reading_and_writing_is_no_obstacle(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        _ = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26), Span("Kissing", 40, 50), Span("Kissing", 70, 80)));
        var last = fixture.Stash.Library.MarkersOf(fixture.Scene)[2].Id;
        fixture.Stash.AtMutation(
            1,
            MutationMoment.Before,
            _ =>
            {
                fixture.Stash.Library.DeleteMarker(last);
                return Task.CompletedTask;
            }
        );
        _ = await fixture.PublishAsync(Wanted(Span("Hugging", 10, 26)));

        Assert.StartsWith("Hugging 10-", Assert.Single(fixture.Markers()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_of_the_family_is_never_a_result()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        var result = await fixture.PublishAsync(Wanted(Span("VLM_TagMe", 10, 26), Span("Kissing", 10, 26)));

        Assert.Equal(["Kissing 10-26 VLM"], fixture.Markers());
        Assert.Equal(["Kissing", "VLM_Tagged"], fixture.Stash.Library.TagNamesOf(fixture.Scene));
        Assert.Equal(SkipReason.FamilyTag, Assert.Single(result.Skipped).Reason);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_deleted_tag_is_not_made_again_for_spans_that_stay_deleted(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var wanted = Wanted(Span("Kissing", 10, 26));
        _ = await fixture.PublishAsync(wanted);
        fixture.Stash.Library.DeleteMarker(fixture.Stash.Library.MarkersOf(fixture.Scene)[0].Id);
        fixture.Stash.Library.DeleteTag(fixture.TagId("Kissing"));
        var result = await fixture.PublishAsync(wanted);

        Assert.Null(fixture.Stash.Library.FindTag("Kissing"));
        Assert.Empty(result.Changes);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_scene_of_the_same_number_in_a_new_Stash_is_another_scene(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        _ = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)));
        var later = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(1));
        await using var other = await SimulatedStash.StartAsync(new SimulatedStashOptions { Version = version, Time = later });
        var scene = other.Library.AddScene("Other").Id;
        var tag = other.Library.AddTag("Kissing").Id;
        _ = other.Library.TagScene(scene, tag);
        fixture.Settings.Replace(fixture.Settings.Current with { Stash = new() { Url = other.Address } });
        Assert.Equal(fixture.Scene, scene);

        var result = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)));
        Assert.Empty(result.Skipped);
        _ = Assert.Single(other.Library.MarkersOf(scene));
        _ = await fixture.PublishAsync(Wanted());
        Assert.Equal(["Kissing", "VLM_Tagged"], other.Library.TagNamesOf(scene));
    }

    [Fact]
    public async Task Settings_of_a_scene_survive_publishing()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        var subject = PublicationSubject.Scene(fixture.SceneId);
        using var settings = System.Text.Json.JsonDocument.Parse("""{"threshold":0.7}""");
        _ = await fixture
            .Get<PublicationRecordStore>()
            .UpdateAsync(subject, record => record with { Settings = settings.RootElement.Clone() }, CancellationToken.None);
        _ = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)));
        var stored = await fixture.Get<PublicationRecordStore>().ReadAsync(subject, CancellationToken.None);

        Assert.Equal(0.7, stored.Record.Settings!.Value.GetProperty("threshold").GetDouble());
        Assert.Equal("Kissing", Assert.Single(stored.Record.Markers).Name);
        var listed = new List<PublicationSubject>();
        await foreach (var item in fixture.Get<PublicationRecordStore>().ListAsync(CancellationToken.None))
        {
            listed.Add(item);
        }

        Assert.Equal([subject], listed);
    }
}
