using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.StashHouse;

namespace HavenVlm.Core.Tests.Stash.Publishing;

/// <summary>Whatever breaks, and wherever: the next try ends where an undisturbed run would have.</summary>
public sealed class ScenePublisherFaultTests
{
    private static readonly MarkerSet First = Wanted(
        Span("Kissing", 10, 26),
        Span("Kissing", 40, 50),
        Span("Hugging", 30, 40),
        Span("Waving", 5, 8)
    );
    private static readonly MarkerSet Second = Wanted(
        Span("Kissing", 12, 26),
        Span("Dancing", 60, 70),
        Span("Hugging", 30, 44),
        Span("Hugging", 90, 95)
    );

    public static TheoryData<StashVersion> Versions { get; } = [StashVersion.Old2023, StashVersion.New2026];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_connection_that_breaks_at_any_change_leaves_no_trace(StashVersion version)
    {
        var (undisturbed, changes) = await UndisturbedAsync(version);
        for (var change = 1; change <= changes; change++)
        {
            foreach (var moment in new[] { MutationMoment.Before, MutationMoment.After })
            {
                await using var house = await PreparedAsync(version);
                house.Stash.AtMutation(
                    change,
                    moment,
                    step =>
                    {
                        step.DropConnection();
                        return Task.CompletedTask;
                    }
                );
                _ = await Assert.ThrowsAsync<StashUnavailableException>(() => house.PublishAsync(Second));
                _ = house.NewProcess();
                _ = await house.PublishAsync(Second);
                await AssertSameAsync(undisturbed, house);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_disk_that_fails_at_any_record_leaves_no_trace(StashVersion version)
    {
        var (undisturbed, _) = await UndisturbedAsync(version);
        for (var write = 1; ; write++)
        {
            await using var house = await PreparedAsync(version);
            house.Artifacts.FailAt(write);
            var failed = await Record.ExceptionAsync(() => house.PublishAsync(Second));
            house.Artifacts.Mend();
            if (failed is null)
            {
                Assert.True(write > 3);
                break;
            }

            _ = Assert.IsType<IOException>(failed);
            _ = house.NewProcess();
            _ = await house.PublishAsync(Second);
            await AssertSameAsync(undisturbed, house);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Answers_that_break_off_are_tried_again_without_doubling(StashVersion version)
    {
        var (undisturbed, _) = await UndisturbedAsync(version);
        StashFault[] faults =
        [
            new() { Refuse = true, Times = 1 },
            new() { Status = 500, Times = 1 },
            new() { Status = 503, Times = 1 },
            new() { TruncateAfter = 20, Times = 1 },
            new() { DropAfter = 20, Times = 1 },
            new() { DropAfter = 0, Times = 1 },
        ];
        foreach (var fault in faults)
        {
            await using var house = await PreparedAsync(version);
            for (var attempt = 0; ; attempt++)
            {
                // Every request fails once: nothing is learned from one try to the next but by looking.
                house.Stash.Fault = attempt % 2 == 0 ? fault : null;
                if (await Record.ExceptionAsync(() => house.PublishAsync(Second)) is not { } e)
                {
                    break;
                }

                _ = Assert.IsType<StashUnavailableException>(e);
            }

            await AssertSameAsync(undisturbed, house);
        }
    }

    [Fact]
    public async Task A_Stash_that_is_switched_off_is_waited_for()
    {
        await using var house = await PreparedAsync(StashVersion.New2026);
        await house.Stash.StopAsync();
        var e = await Assert.ThrowsAsync<StashUnavailableException>(() => house.PublishAsync(Second));
        Assert.Equal(StashErrorKind.Unreachable, e.Kind);
        await house.Stash.StartAgainAsync();
        Assert.Equal(PublicationOutcome.Published, (await house.PublishAsync(Second)).Outcome);
    }

    [Fact]
    public async Task Two_that_publish_one_scene_at_once_do_not_double_it()
    {
        await using var house = await OpenAsync(StashVersion.New2026);
        _ = await house.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        var tries = Enumerable.Range(0, 8).Select(_ => Record.ExceptionAsync(() => house.PublishAsync(First)).AsTask());
        var failures = await Task.WhenAll(tries);

        Assert.All(
            failures.OfType<Exception>(),
            e => Assert.Equal(StashErrorKind.Conflict, Assert.IsType<StashUnavailableException>(e).Kind)
        );
        _ = await house.PublishAsync(First);
        Assert.Equal(4, house.Markers().Count);
    }

    [Fact]
    public async Task What_a_damaged_record_listed_counts_as_the_users_and_is_neither_doubled_nor_removed()
    {
        await using var house = await PreparedAsync(StashVersion.New2026);
        var before = house.Markers();
        await DamageRecordAsync(house);

        var again = await house.PublishAsync(First);
        _ = await house.PublishAsync(Second);
        var undone = await house.Get<SceneUndo>().UndoAsync(house.SceneId, release: false, dryRun: false, CancellationToken.None);

        Assert.DoesNotContain(again.Changes, change => change.Kind is PublicationChangeKind.MarkerCreated);
        Assert.Superset(before.ToHashSet(StringComparer.Ordinal), house.Markers().ToHashSet(StringComparer.Ordinal));
        Assert.Equal(house.Markers().Count, house.Markers().Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(PublicationOutcome.Published, undone.Outcome);
    }

    [Fact]
    public async Task A_damaged_record_is_set_aside_and_reported_with_what_it_means()
    {
        await using var house = await PreparedAsync(StashVersion.New2026);
        var name = PublicationSubject.Scene(house.SceneId).ArtifactName;
        await DamageRecordAsync(house);

        _ = await house.PublishAsync(Second);

        Assert.NotNull(await house.Artifacts.ReadAsync(name + ".damaged", CancellationToken.None));
        var report = Assert.Single(house.Damage.Latest);
        Assert.Equal(name, report.Name);
        Assert.Contains("counts as yours", report.Message, StringComparison.Ordinal);
        _ = await house.PublishAsync(Second);
        Assert.Single(house.Damage.Latest);
    }

    [Fact]
    public async Task A_record_of_a_newer_program_is_not_touched()
    {
        await using var house = await PreparedAsync(StashVersion.New2026);
        var name = PublicationSubject.Scene(house.SceneId).ArtifactName;
        var present = (await house.Artifacts.ReadAsync(name, CancellationToken.None))!;
        var newer = "{\"version\":99,\"deletedMarkers\":[{\"reason\":\"unheardOf\"}]}"u8.ToArray();
        _ = await house.Artifacts.ReplaceAsync(name, newer, present.Version, CancellationToken.None);

        var e = await Assert.ThrowsAsync<HavenVlm.Core.Common.PermanentFailureException>(() => house.PublishAsync(Second));

        Assert.Contains("newer", e.Message, StringComparison.Ordinal);
        Assert.Empty(house.Damage.Latest);
    }

    private static async Task DamageRecordAsync(StashHouse house)
    {
        var name = PublicationSubject.Scene(house.SceneId).ArtifactName;
        var present = (await house.Artifacts.ReadAsync(name, CancellationToken.None))!;
        var cut = present.Content[..(present.Content.Length / 2)];
        _ = await house.Artifacts.ReplaceAsync(name, cut, present.Version, CancellationToken.None);
    }

    private static async Task<StashHouse> PreparedAsync(StashVersion version)
    {
        var house = await OpenAsync(version);
        var own = house.Stash.Library.AddTag("Beach").Id;
        _ = house.Stash.Library.TagScene(house.Scene, own);
        _ = house.Stash.Library.AddMarker(house.Scene, own, 33, title: "mine");
        _ = await house.PublishAsync(First);
        _ = house.Stash.Library.TagScene(house.Scene, house.TagId("VLM_UpdateMe"));
        house.Stash.Requests.Clear();
        return house;
    }

    private static async Task<(string State, int Changes)> UndisturbedAsync(StashVersion version)
    {
        await using var house = await PreparedAsync(version);
        _ = await house.PublishAsync(Second);
        return (StateOf(house), house.Stash.Requests.MutationCount);
    }

    private static async Task AssertSameAsync(string undisturbed, StashHouse house)
    {
        Assert.Equal(undisturbed, StateOf(house));
        house.Stash.Requests.Clear();
        _ = await house.PublishAsync(Second);
        Assert.Empty(house.Stash.Requests.Mutations);
        // What is in the record is what is taken away when nothing is wanted any more.
        _ = await house.PublishAsync(Wanted());
        Assert.Equal(["Beach 33-"], house.Markers());
        Assert.Equal(["Beach", "VLM_Tagged"], house.Stash.Library.TagNamesOf(house.Scene));
    }

    private static string StateOf(StashHouse house) =>
        string.Join(
            '\n',
            [
                .. house.Markers(),
                .. house.Stash.Library.TagNamesOf(house.Scene),
                .. house.Stash.Library.Tags.Values.Select(tag => tag.Name).Order(StringComparer.Ordinal),
            ]
        );
}
