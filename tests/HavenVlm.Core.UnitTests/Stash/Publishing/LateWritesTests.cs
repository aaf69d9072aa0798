using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Core.Storage;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using static HavenVlm.Tests.Shared.StashFixture;

namespace HavenVlm.Core.UnitTests.Stash.Publishing;

/// <summary>What Stash carries out after it was given up, or twice, is recognized as ours: by its intent, its content and that nobody edited it.</summary>
public sealed class LateWritesTests
{
    private static readonly MarkerSet Four = Wanted(
        Span("Kissing", 10, 26),
        Span("Kissing", 40, 50),
        Span("Hugging", 30, 40),
        Span("Waving", 5, 8)
    );

    public static TheoryData<StashVersion> Versions { get; } = [StashVersion.Old2023, StashVersion.New2026];

    public static TheoryData<StashVersion, StashExecution> Executions { get; } =
        new(
            from version in new[] { StashVersion.Old2023, StashVersion.New2026 }
            from execution in new[] { StashExecution.Late, StashExecution.Twice, StashExecution.AgainLate }
            select (version, execution)
        );

    [Theory]
    [MemberData(nameof(Executions))]
    public async Task The_next_publication_removes_what_was_created_twice_and_reports_it(StashVersion version, StashExecution execution)
    {
        await using var fixture = await OpenAsync(version);
        await DoubleAsync(fixture, execution);

        var result = await fixture.PublishAsync(Four);

        Assert.Equal(4, result.Count(PublicationChangeKind.DoubleDestroyed));
        Assert.Equal(4, result.Changes.Count);
        Assert.Equal(4, fixture.Markers().Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(4, fixture.Markers().Count);
        Assert.Empty((await fixture.PublishAsync(Four)).Changes);
    }

    [Theory]
    [MemberData(nameof(Executions))]
    public async Task Undo_removes_what_was_created_twice(StashVersion version, StashExecution execution)
    {
        await using var fixture = await OpenAsync(version);
        var mine = fixture.Stash.Library.AddMarker(fixture.Scene, fixture.Stash.Library.AddTag("Beach").Id, 33, title: "mine");
        var before = fixture.Stash.Library.Snapshot();
        await DoubleAsync(fixture, execution);

        var planned = await UndoAsync(fixture, dryRun: true);
        var result = await UndoAsync(fixture);
        await fixture.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);

        Assert.Equal(4, result.Count(PublicationChangeKind.DoubleDestroyed));
        Assert.Equal(4, result.Count(PublicationChangeKind.MarkerDestroyed));
        Assert.Equal(planned.Changes, result.Changes);
        Assert.Equal([mine.Id], fixture.Stash.Library.MarkersOf(fixture.Scene).Select(marker => marker.Id));
        Assert.Equal(before, fixture.Stash.Library.Snapshot());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_marker_that_a_person_moved_and_moved_back_within_a_second_stays(StashVersion version)
    {
        // Stash's times have a precision of one second: by them nobody edited it.
        await using var fixture = await OpenAsync(version, new FakeTimeProvider(DateTimeOffset.UtcNow));
        await fixture.PublishAsync(Four);
        var library = fixture.Stash.Library;
        var waving = library.MarkersOf(fixture.Scene).Single(marker => marker.Seconds == 5);
        library.MoveMarker(waving.Id, 70, waving.EndSeconds is null ? null : 80);
        await fixture.PublishAsync(Four);

        library.MoveMarker(waving.Id, waving.Seconds, waving.EndSeconds);
        var result = await fixture.PublishAsync(Four);

        Assert.Empty(result.Changes);
        Assert.Equal(waving, library.Markers[waving.Id] with { TagIds = waving.TagIds });
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_write_lock_longer_than_our_time_out_doubles_nothing(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        await fixture.Get<TagResolver>().CreateAsync(["Kissing", "Hugging", "Waving"], null, CancellationToken.None);
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        fixture.NewProcess(time);
        fixture.Stash.LockWrites();
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var blocked = fixture.PublishAsync(Four);
            while (fixture.Stash.WaitingWrites < attempt)
            {
                await Task.Yield();
            }

            time.Advance(TimeSpan.FromMinutes(10));
            await Assert.ThrowsAsync<StashUnavailableException>(() => blocked);
        }

        await fixture.Stash.UnlockWritesAsync();
        Assert.Equal(8, fixture.Markers().Count);
        await fixture.PublishAsync(Four);

        Assert.Equal(4, fixture.Markers().Count);
        await UndoAsync(fixture);
        Assert.Empty(fixture.Markers());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Markers_and_tags_that_come_after_an_undo_are_taken_back_by_the_next_one(StashVersion version)
    {
        foreach (var write in new[] { "sceneMarkerCreate", "bulkSceneUpdate" })
        {
            await using var fixture = await OpenAsync(version);
            await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
            fixture.Stash.Fault = Strike(StashExecution.Late, write);
            await Assert.ThrowsAsync<StashUnavailableException>(() => fixture.PublishAsync(Four));
            await UndoAsync(fixture);
            Assert.Equal(1, await fixture.Stash.CarryOutLateAsync());
            Assert.True(fixture.Markers().Count + fixture.Stash.Library.TagNamesOf(fixture.Scene).Count > 0);

            await UndoAsync(fixture);

            Assert.Empty(fixture.Markers());
            Assert.Empty(fixture.Stash.Library.TagNamesOf(fixture.Scene));
        }
    }

    [Fact]
    public async Task State_tags_that_come_after_an_undo_are_taken_back_by_the_next_one()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        fixture.Stash.Fault = Strike(StashExecution.Late, "bulkSceneUpdate");
        // Without scene tags the only such call is that of the state tags.
        var wanted = new MarkerSet([Span("Kissing", 10, 26)], new Dictionary<string, TimeSpan>(StringComparer.Ordinal));
        await Assert.ThrowsAsync<StashUnavailableException>(() => fixture.PublishAsync(wanted));
        await UndoAsync(fixture);
        await fixture.Stash.CarryOutLateAsync();
        Assert.Equal(["VLM_Tagged"], fixture.Stash.Library.TagNamesOf(fixture.Scene));

        await UndoAsync(fixture);

        Assert.Empty(fixture.Stash.Library.TagNamesOf(fixture.Scene));
    }

    [Fact]
    public async Task What_was_given_up_and_is_wanted_after_an_undo_is_adopted_when_it_comes()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        fixture.Stash.Fault = Strike(StashExecution.Late, "sceneMarkerCreate");
        await Assert.ThrowsAsync<StashUnavailableException>(() => fixture.PublishAsync(Four));
        await UndoAsync(fixture);
        await fixture.Stash.CarryOutLateAsync();

        var result = await fixture.PublishAsync(Four);

        Assert.Equal(0, result.Count(PublicationChangeKind.MarkerCreated));
        Assert.Equal(4, fixture.Markers().Count);
        await UndoAsync(fixture);
        Assert.Empty(fixture.Markers());
    }

    [Fact]
    public async Task A_late_create_of_a_span_that_is_wanted_elsewhere_by_now_goes()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        fixture.Stash.Fault = Strike(StashExecution.Late, "sceneMarkerCreate");
        await Assert.ThrowsAsync<StashUnavailableException>(() => fixture.PublishAsync(Wanted(Span("Kissing", 10, 26))));
        await fixture.PublishAsync(Wanted(Span("Kissing", 12, 30)));
        await fixture.Stash.CarryOutLateAsync();
        Assert.Equal(2, fixture.Markers().Count);

        await fixture.PublishAsync(Wanted(Span("Kissing", 12, 30)));

        Assert.Equal(["Kissing 12-30 VLM"], fixture.Markers());
    }

    [Fact]
    public async Task A_double_that_the_user_edited_is_the_users_also_when_the_edit_changed_nothing()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var fixture = await OpenAsync(StashVersion.New2026, time);
        await DoubleAsync(fixture, StashExecution.AgainLate);
        time.Advance(TimeSpan.FromSeconds(2));
        var doubles = fixture.Stash.Library.MarkersOf(fixture.Scene).OrderByDescending(marker => marker.Id).Take(2).ToList();
        fixture.Stash.Library.TouchMarker(doubles[0].Id);
        fixture.Stash.Library.RetitleMarker(doubles[1].Id, "mine");

        var result = await fixture.PublishAsync(Four);

        Assert.Equal(2, result.Count(PublicationChangeKind.DoubleDestroyed));
        var left = fixture.Stash.Library.MarkersOf(fixture.Scene).Select(marker => marker.Id).ToList();
        Assert.All(doubles, marker => Assert.Contains(marker.Id, left));
        await UndoAsync(fixture);
        Assert.Equal(2, fixture.Markers().Count);
    }

    [Fact]
    public async Task A_marker_with_VLM_and_another_content_than_any_intent_is_the_users()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        await fixture.PublishAsync(Four);
        var library = fixture.Stash.Library;
        var mine = library.AddMarker(fixture.Scene, fixture.TagId("Kissing"), 70, 75, "Kissing", [fixture.TagId("VLM")]);
        // The same content as one of ours, without the tag.
        var plain = library.AddMarker(fixture.Scene, fixture.TagId("Waving"), 5, 8, "Waving");

        await fixture.PublishAsync(Four);
        await UndoAsync(fixture);

        Assert.Equal([mine.Id, plain.Id], library.MarkersOf(fixture.Scene).Select(marker => marker.Id).Order());
    }

    [Fact]
    public async Task Of_two_equal_markers_the_user_deletes_one_and_the_other_stays()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        await fixture.PublishAsync(Wanted(Span("Waving", 5, 8)));
        fixture.Stash.Fault = Strike(StashExecution.AgainLate, "sceneMarkerCreate");
        await fixture.PublishAsync(Wanted(Span("Waving", 5, 8), Span("Kissing", 10, 26)));
        await fixture.Stash.CarryOutLateAsync();
        fixture.Stash.Library.DeleteMarker(
            fixture.Stash.Library.MarkersOf(fixture.Scene).Where(marker => marker.Seconds == 10).Min(marker => marker.Id)
        );

        var result = await fixture.PublishAsync(Wanted(Span("Waving", 5, 8), Span("Kissing", 10, 26)));

        Assert.Empty(result.Changes);
        Assert.Empty(result.Skipped);
        Assert.Equal(2, fixture.Markers().Count);
        await UndoAsync(fixture);
        Assert.Empty(fixture.Markers());
    }

    [Fact]
    public async Task A_double_in_a_span_that_the_user_took_back_goes_and_is_not_written_again()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        fixture.Stash.Fault = Strike(StashExecution.AgainLate, "sceneMarkerCreate");
        await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)));
        fixture.Stash.Library.DeleteMarker(Assert.Single(fixture.Stash.Library.MarkersOf(fixture.Scene)).Id);
        await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)));
        await fixture.Stash.CarryOutLateAsync();

        var result = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)));

        Assert.Equal(1, result.Count(PublicationChangeKind.DoubleDestroyed));
        Assert.Empty(fixture.Markers());
    }

    [Fact]
    public async Task A_move_that_comes_after_another_one_is_no_edit_of_the_user()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)));
        fixture.Stash.Fault = Strike(StashExecution.Late, "sceneMarkerUpdate");
        await Assert.ThrowsAsync<StashUnavailableException>(() => fixture.PublishAsync(Wanted(Span("Kissing", 12, 26))));
        await fixture.PublishAsync(Wanted(Span("Kissing", 14, 26)));
        await fixture.Stash.CarryOutLateAsync();
        Assert.Equal(["Kissing 12-26 VLM"], fixture.Markers());

        await fixture.PublishAsync(Wanted(Span("Kissing", 14, 26)));

        Assert.Equal(["Kissing 14-26 VLM"], fixture.Markers());
    }

    [Fact]
    public async Task Markers_and_tags_that_go_late_were_not_deleted_by_the_user()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        foreach (var write in new[] { "sceneMarkersDestroy", "bulkSceneUpdate" })
        {
            await fixture.PublishAsync(Four);
            fixture.Stash.Fault = Strike(StashExecution.Late, write);
            await Assert.ThrowsAsync<StashUnavailableException>(() => fixture.PublishAsync(Wanted()));
            await fixture.PublishAsync(Four);
            await fixture.Stash.CarryOutLateAsync();

            var result = await fixture.PublishAsync(Four);

            Assert.Empty(result.Skipped);
            Assert.Equal(4, fixture.Markers().Count);
            Assert.Equal(["Hugging", "Kissing", "VLM_Tagged", "Waving"], fixture.Stash.Library.TagNamesOf(fixture.Scene));
        }
    }

    [Theory]
    [InlineData(6, 0)]
    [InlineData(8, 4)]
    public async Task Intents_are_kept_for_seven_days(int days, int left)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var fixture = await OpenAsync(StashVersion.New2026);
        fixture.NewProcess(time);
        await DoubleAsync(fixture, StashExecution.AgainLate);
        time.Advance(TimeSpan.FromDays(days));

        await UndoAsync(fixture);

        Assert.Equal(left, fixture.Markers().Count);
    }

    [Fact]
    public async Task Two_writers_of_one_data_folder_leave_no_double_of_the_write_that_one_of_them_lost()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        var (one, two) = (fixture.NewProcess(), fixture.NewProcess());
        fixture.Stash.Fault = Strike(StashExecution.Late, "sceneMarkerCreate");
        var tries = await Task.WhenAll(
            new[] { one, two }.Select(process => Record.ExceptionAsync(() => PublishAsync(process, fixture, Four)).AsTask())
        );
        Assert.Single(tries.OfType<StashUnavailableException>());
        Assert.Equal(4, fixture.Markers().Count);
        await fixture.Stash.CarryOutLateAsync();
        Assert.Equal(8, fixture.Markers().Count);

        await Task.WhenAll(new[] { one, two }.Select(process => PublishAsync(process, fixture, Four)));

        Assert.Equal(4, fixture.Markers().Count);
    }

    [Fact]
    public async Task Two_data_folders_that_wrote_the_same_at_once_agree_on_one_set_of_markers()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        var folder = Directory.CreateTempSubdirectory("haven-other-");
        try
        {
            var (one, two) = (fixture.Services, fixture.NewProcess(artifacts: new FileArtifactStore(folder.FullName)));
            // Both looked before either wrote.
            fixture.Stash.Fault = Strike(StashExecution.Late, "sceneMarkerCreate");
            await Assert.ThrowsAsync<StashUnavailableException>(() => PublishAsync(one, fixture, Four));
            await PublishAsync(two, fixture, Four);
            await fixture.Stash.CarryOutLateAsync();
            Assert.Equal(8, fixture.Markers().Count);

            for (var round = 0; round < 2; round++)
            {
                await PublishAsync(one, fixture, Four);
                await PublishAsync(two, fixture, Four);
                Assert.Equal(4, fixture.Markers().Count);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_record_without_recent_intents_is_read_and_written_on()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        await fixture.PublishAsync(Four);
        var subject = PublicationSubject.Scene(fixture.SceneId);
        var stored = await fixture.Get<PublicationRecordStore>().ReadAsync(subject, CancellationToken.None);
        var old = System.Text.Json.JsonSerializer.SerializeToNode(stored.Record, HavenJson.Options)!.AsObject();
        Assert.True(old.Remove("recent"));
        await fixture.Artifacts.ReplaceAsync(
            subject.ArtifactName,
            System.Text.Encoding.UTF8.GetBytes(old.ToJsonString()),
            stored.Version,
            CancellationToken.None
        );

        Assert.Empty((await fixture.PublishAsync(Four)).Changes);
        await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)));
        await UndoAsync(fixture);

        Assert.Empty(fixture.Markers());
    }

    [Fact]
    public async Task Publishing_many_markers_takes_as_few_requests_as_without_intents()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        await fixture.PublishAsync(Wanted());
        var many = Wanted([.. Enumerable.Range(0, 200).Select(number => Span($"Tag {number % 10}", number * 10, (number * 10) + 5))]);
        fixture.Stash.Requests.Clear();

        await fixture.PublishAsync(many);
        Assert.InRange(fixture.Stash.Requests.All.Count, 1, 5);
        fixture.Stash.Requests.Clear();
        await fixture.PublishAsync(many);

        Assert.Single(fixture.Stash.Requests.All);
    }

    /// <summary>Publishes so that Stash creates every marker twice.</summary>
    private static async Task DoubleAsync(StashFixture fixture, StashExecution execution)
    {
        await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        fixture.Stash.Fault = Strike(execution, "sceneMarkerCreate");
        if (execution == StashExecution.Late)
        {
            await Assert.ThrowsAsync<StashUnavailableException>(() => fixture.PublishAsync(Four));
        }

        await fixture.PublishAsync(Four);
        await fixture.Stash.CarryOutLateAsync();
        Assert.Equal(8, fixture.Markers().Count(marker => marker.EndsWith("VLM", StringComparison.Ordinal)));
    }

    private static StashFault Strike(StashExecution execution, string call) =>
        new()
        {
            Execution = execution,
            Containing = call,
            Times = 1,
        };

    private static Task<PublicationResult> PublishAsync(ServiceProvider process, StashFixture fixture, MarkerSet wanted) =>
        process
            .GetRequiredService<ScenePublisher>()
            .PublishAsync(new ScenePublication { SceneId = fixture.SceneId, Wanted = wanted }, CancellationToken.None);

    private static Task<PublicationResult> UndoAsync(StashFixture fixture, bool dryRun = false) =>
        fixture.Get<SceneUndo>().UndoAsync(fixture.SceneId, release: false, dryRun, CancellationToken.None);
}
