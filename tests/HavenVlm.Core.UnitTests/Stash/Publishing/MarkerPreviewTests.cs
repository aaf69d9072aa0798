using System.Text.Json;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.StashFixture;

namespace HavenVlm.Core.UnitTests.Stash.Publishing;

/// <summary>Stash is asked for previews of exactly the markers that were created or moved.</summary>
public sealed class MarkerPreviewTests
{
    public static TheoryData<StashVersion> Versions { get; } = [StashVersion.Old2023, StashVersion.New2026];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Previews_are_asked_for_new_and_moved_markers_alone(StashVersion version)
    {
        await using var fixture = await StashFixture.OpenAsync(version);
        await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26), Span("Hugging", 30, 40)), WithPreviews);
        var all = fixture.Stash.Library.MarkersOf(fixture.Scene);
        Assert.Equal(all.Select(marker => $"{marker.Id}").Order(), Asked(fixture).Order());
        fixture.Stash.Requests.Clear();

        await fixture.PublishAsync(Wanted(Span("Kissing", 12, 26), Span("Hugging", 30, 40), Span("Waving", 50, 60)), WithPreviews);

        var changed = fixture.Stash.Library.MarkersOf(fixture.Scene).Where(marker => marker.Seconds is 12 or 50);
        Assert.Equal(changed.Select(marker => $"{marker.Id}").Order(), Asked(fixture).Order());
    }

    [Fact]
    public async Task Nothing_is_asked_for_where_nothing_changed_or_it_is_not_wanted()
    {
        await using var fixture = await StashFixture.OpenAsync(StashVersion.New2026);
        await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)));
        await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)), WithPreviews);
        await fixture.PublishAsync(Wanted(Span("Kissing", 15, 26)), request => request with { GeneratePreviews = true, DryRun = true });

        Assert.Empty(Asked(fixture));
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Client.GeneratePreviewsAsync([], CancellationToken.None));
    }

    [Fact]
    public async Task An_unreachable_Stash_is_no_failure_of_the_scene()
    {
        await using var fixture = await StashFixture.OpenAsync(StashVersion.New2026);
        var steps = 0;
        for (var change = 1; change <= 30; change++)
        {
            fixture.Stash.AtMutation(
                change,
                MutationMoment.Before,
                step =>
                {
                    if (step.Field is "metadataGenerate")
                    {
                        steps++;
                        step.DropConnection();
                    }

                    return Task.CompletedTask;
                }
            );
        }

        var result = await fixture.PublishAsync(Wanted(Span("Kissing", 10, 26)), WithPreviews);

        Assert.Equal(1, steps);
        Assert.Equal(PublicationOutcome.Published, result.Outcome);
        Assert.Contains("VLM_Tagged", fixture.Stash.Library.TagNamesOf(fixture.Scene));
    }

    private static ScenePublication WithPreviews(ScenePublication request) => request with { GeneratePreviews = true };

    private static List<string> Asked(StashFixture fixture) =>
        [
            .. fixture
                .Stash.Requests.Mutations.Where(request => request.RootFields.Contains("metadataGenerate"))
                .SelectMany(request =>
                    JsonDocument
                        .Parse(request.Variables)
                        .RootElement.EnumerateObject()
                        .SelectMany(variable => variable.Value.GetProperty("markerIDs").EnumerateArray())
                        .Select(id => id.GetString()!)
                ),
        ];
}
