using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.StashFixture;

namespace HavenVlm.Core.Tests.Stash.Publishing;

/// <summary>Wherever undo breaks off, the next try takes back the rest.</summary>
public sealed class SceneUndoFaultTests
{
    private static readonly Core.Markers.MarkerSet Some = Wanted(
        Span("Kissing", 10, 26),
        Span("Kissing", 40, 50),
        Span("Hugging", 30, 40),
        Span("Waving", 5, 8)
    );

    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.New2026)]
    public async Task A_connection_that_breaks_at_any_change_leaves_no_trace(StashVersion version)
    {
        for (var (change, broke) = (1, true); broke; change++)
        {
            foreach (var moment in new[] { MutationMoment.Before, MutationMoment.After })
            {
                await using var fixture = await StashFixture.OpenAsync(version);
                var before = fixture.Stash.Library.Snapshot();
                await fixture.PublishAsync(Some);
                broke = false;
                fixture.Stash.AtMutation(
                    change,
                    moment,
                    step =>
                    {
                        broke = true;
                        step.DropConnection();
                        return Task.CompletedTask;
                    }
                );
                await TryAllAsync(fixture);
                fixture.Stash.ClearMutationActions();
                _ = fixture.NewProcess();
                await TryAllAsync(fixture);
                Assert.Equal(before, fixture.Stash.Library.Snapshot());
            }
        }
    }

    private static async Task TryAllAsync(StashFixture fixture)
    {
        try
        {
            await fixture.Get<SceneUndo>().UndoAsync(fixture.SceneId, release: false, dryRun: false, CancellationToken.None);
            await fixture.Get<CreatedTags>().RemoveUnusedAsync(dryRun: false, CancellationToken.None);
        }
        catch (StashUnavailableException)
        {
            // The break that the test makes.
        }
    }
}
