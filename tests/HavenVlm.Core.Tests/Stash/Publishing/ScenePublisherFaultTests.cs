using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.StashFixture;

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
                await using var fixture = await PreparedAsync(version);
                fixture.Stash.AtMutation(
                    change,
                    moment,
                    step =>
                    {
                        step.DropConnection();
                        return Task.CompletedTask;
                    }
                );
                _ = await Assert.ThrowsAsync<StashUnavailableException>(() => fixture.PublishAsync(Second));
                _ = fixture.NewProcess();
                _ = await fixture.PublishAsync(Second);
                await AssertSameAsync(undisturbed, fixture);
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
            await using var fixture = await PreparedAsync(version);
            fixture.Artifacts.FailAt(write);
            var failed = await Record.ExceptionAsync(() => fixture.PublishAsync(Second));
            fixture.Artifacts.Recover();
            if (failed is null)
            {
                Assert.True(write > 3);
                break;
            }

            _ = Assert.IsType<IOException>(failed);
            _ = fixture.NewProcess();
            _ = await fixture.PublishAsync(Second);
            await AssertSameAsync(undisturbed, fixture);
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
            await using var fixture = await PreparedAsync(version);
            for (var attempt = 0; ; attempt++)
            {
                // Every request fails once: nothing is learned from one try to the next but by looking.
                fixture.Stash.Fault = attempt % 2 == 0 ? fault : null;
                if (await Record.ExceptionAsync(() => fixture.PublishAsync(Second)) is not { } e)
                {
                    break;
                }

                _ = Assert.IsType<StashUnavailableException>(e);
            }

            await AssertSameAsync(undisturbed, fixture);
        }
    }

    [Fact]
    public async Task A_Stash_that_is_switched_off_is_waited_for()
    {
        await using var fixture = await PreparedAsync(StashVersion.New2026);
        await fixture.Stash.StopAsync();
        var e = await Assert.ThrowsAsync<StashUnavailableException>(() => fixture.PublishAsync(Second));
        Assert.Equal(StashErrorKind.Unreachable, e.Kind);
        await fixture.Stash.StartAgainAsync();
        Assert.Equal(PublicationOutcome.Published, (await fixture.PublishAsync(Second)).Outcome);
    }

    [Fact]
    public async Task Two_that_publish_one_scene_at_once_do_not_double_it()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        _ = await fixture.Get<TagFamily>().EnsureAsync(CancellationToken.None);
        var tries = Enumerable.Range(0, 8).Select(_ => Record.ExceptionAsync(() => fixture.PublishAsync(First)).AsTask());
        var failures = await Task.WhenAll(tries);

        Assert.All(
            failures.OfType<Exception>(),
            e => Assert.Equal(StashErrorKind.Conflict, Assert.IsType<StashUnavailableException>(e).Kind)
        );
        _ = await fixture.PublishAsync(First);
        Assert.Equal(4, fixture.Markers().Count);
    }

    [Fact]
    public async Task What_a_damaged_record_listed_counts_as_the_users_and_is_neither_doubled_nor_removed()
    {
        await using var fixture = await PreparedAsync(StashVersion.New2026);
        var before = fixture.Markers();
        await DamageRecordAsync(fixture);

        var again = await fixture.PublishAsync(First);
        _ = await fixture.PublishAsync(Second);
        var undone = await fixture.Get<SceneUndo>().UndoAsync(fixture.SceneId, release: false, dryRun: false, CancellationToken.None);

        Assert.DoesNotContain(again.Changes, change => change.Kind is PublicationChangeKind.MarkerCreated);
        Assert.Superset(before.ToHashSet(StringComparer.Ordinal), fixture.Markers().ToHashSet(StringComparer.Ordinal));
        Assert.Equal(fixture.Markers().Count, fixture.Markers().Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(PublicationOutcome.Published, undone.Outcome);
    }

    [Fact]
    public async Task A_damaged_record_is_set_aside_and_reported_with_what_it_means()
    {
        await using var fixture = await PreparedAsync(StashVersion.New2026);
        var name = PublicationSubject.Scene(fixture.SceneId).ArtifactName;
        await DamageRecordAsync(fixture);

        _ = await fixture.PublishAsync(Second);

        Assert.NotNull(await fixture.Artifacts.ReadAsync(name + ".damaged", CancellationToken.None));
        var report = Assert.Single(fixture.Damage.Latest);
        Assert.Equal(name, report.Name);
        Assert.Contains("counts as yours", report.Message, StringComparison.Ordinal);
        _ = await fixture.PublishAsync(Second);
        Assert.Single(fixture.Damage.Latest);
    }

    [Fact]
    public async Task A_record_of_a_newer_program_is_not_touched()
    {
        await using var fixture = await PreparedAsync(StashVersion.New2026);
        var name = PublicationSubject.Scene(fixture.SceneId).ArtifactName;
        var present = (await fixture.Artifacts.ReadAsync(name, CancellationToken.None))!;
        var newer = "{\"version\":99,\"deletedMarkers\":[{\"reason\":\"unheardOf\"}]}"u8.ToArray();
        _ = await fixture.Artifacts.ReplaceAsync(name, newer, present.Version, CancellationToken.None);

        var e = await Assert.ThrowsAsync<HavenVlm.Core.Common.PermanentFailureException>(() => fixture.PublishAsync(Second));

        Assert.Contains("newer", e.Message, StringComparison.Ordinal);
        Assert.Empty(fixture.Damage.Latest);
    }

    private static async Task DamageRecordAsync(StashFixture fixture)
    {
        var name = PublicationSubject.Scene(fixture.SceneId).ArtifactName;
        var present = (await fixture.Artifacts.ReadAsync(name, CancellationToken.None))!;
        var cut = present.Content[..(present.Content.Length / 2)];
        _ = await fixture.Artifacts.ReplaceAsync(name, cut, present.Version, CancellationToken.None);
    }

    private static async Task<StashFixture> PreparedAsync(StashVersion version)
    {
        var fixture = await OpenAsync(version);
        var own = fixture.Stash.Library.AddTag("Beach").Id;
        _ = fixture.Stash.Library.TagScene(fixture.Scene, own);
        _ = fixture.Stash.Library.AddMarker(fixture.Scene, own, 33, title: "mine");
        _ = await fixture.PublishAsync(First);
        _ = fixture.Stash.Library.TagScene(fixture.Scene, fixture.TagId("VLM_UpdateMe"));
        fixture.Stash.Requests.Clear();
        return fixture;
    }

    private static async Task<(string State, int Changes)> UndisturbedAsync(StashVersion version)
    {
        await using var fixture = await PreparedAsync(version);
        _ = await fixture.PublishAsync(Second);
        return (StateOf(fixture), fixture.Stash.Requests.MutationCount);
    }

    private static async Task AssertSameAsync(string undisturbed, StashFixture fixture)
    {
        Assert.Equal(undisturbed, StateOf(fixture));
        fixture.Stash.Requests.Clear();
        _ = await fixture.PublishAsync(Second);
        Assert.Empty(fixture.Stash.Requests.Mutations);
        // What is in the record is what is taken away when nothing is wanted any more.
        _ = await fixture.PublishAsync(Wanted());
        Assert.Equal(["Beach 33-"], fixture.Markers());
        Assert.Equal(["Beach", "VLM_Tagged"], fixture.Stash.Library.TagNamesOf(fixture.Scene));
    }

    private static string StateOf(StashFixture fixture) =>
        string.Join(
            '\n',
            [
                .. fixture.Markers(),
                .. fixture.Stash.Library.TagNamesOf(fixture.Scene),
                .. fixture.Stash.Library.Tags.Values.Select(tag => tag.Name).Order(StringComparer.Ordinal),
            ]
        );
}
