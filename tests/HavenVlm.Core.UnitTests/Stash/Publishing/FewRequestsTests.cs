using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Images;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Undoing;
using HavenVlm.Simulation.Stash;
using HavenVlm.Tests.Shared;
using static HavenVlm.Tests.Shared.StashFixture;

namespace HavenVlm.Core.UnitTests.Stash.Publishing;

/// <summary>Scenes and images take few requests and few changes, each of which runs the hooks of Stash.</summary>
public sealed class FewRequestsTests
{
    // An undo takes forty at a time.
    private const int Scenes = 44;
    private const int Batches = 2;
    private static readonly MarkerSet Some = Wanted(Span("Kissing", 10, 26), Span("Hugging", 30, 40));

    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.New2026)]
    public async Task Many_scenes_that_publish_together_take_three_requests_each_at_most_and_two_runs_of_hooks(StashVersion version)
    {
        const int Many = 20;
        await using var fixture = await OpenAsync(version);
        await fixture.PublishAsync(Some);
        var tagMe = fixture.TagId("VLM_TagMe");
        var scenes = Enumerable.Range(0, Many).Select(number => fixture.AddScene($"Scene {number}")).ToList();
        scenes.ForEach(scene => fixture.Stash.Library.TagScene(scene, tagMe));
        fixture.Stash.Requests.Clear();
        fixture.Stash.ClearHooks();

        await Task.WhenAll(scenes.Select(scene => PrepareAndPublishAsync(fixture, scene)));

        // One for markers and one for tags, because what a user does between the two has to be told from ours; what is read they share.
        Assert.InRange(fixture.Stash.Requests.All.Count, (2 * Many) + 2, 3 * Many);
        Assert.Equal(2 * Many, fixture.Stash.Requests.Mutations.Count);
        var hooks = fixture.Stash.Hooks.Where(hook => hook.Type == "Scene.Update.Post").ToList();
        Assert.Equal(2 * Many, hooks.Count);
        Assert.All(hooks, hook => Assert.Contains("\"clientMutationId\":\"havenvlm\"", hook.Input, StringComparison.Ordinal));
        Assert.All(scenes, scene => Assert.Equal(["Hugging", "Kissing", "VLM_Tagged"], fixture.Stash.Library.TagNamesOf(scene)));
    }

    [Fact]
    public async Task An_image_is_changed_once_to_put_tags_on_and_once_to_take_them_off()
    {
        await using var fixture = await ImageFixture.OpenAsync(StashVersion.New2026, 5);
        _ = await fixture.PublishAsync((fixture.Images[0], "Kissing,Hugging,Waving"));
        var images = fixture.Images.Skip(1).ToList();
        images.ForEach(image => fixture.Stash.Library.TagImage(image, fixture.Tag("VLM_TagMe")));
        fixture.Stash.ClearHooks();

        _ = await fixture.PublishAsync([.. images.Select((image, i) => (image, i % 2 == 0 ? "Kissing" : "Hugging,Waving"))]);

        Assert.Equal(2 * images.Count, fixture.Stash.Hooks.Count);
        Assert.All(fixture.Stash.Hooks, hook => Assert.Contains("havenvlm", hook.Input, StringComparison.Ordinal));
        Assert.All(images, image => Assert.DoesNotContain("VLM_TagMe", fixture.TagsOf(image), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(StashVersion.Old2023)]
    [InlineData(StashVersion.New2026)]
    public async Task Undo_takes_a_request_for_dozens_of_scenes(StashVersion version)
    {
        await using var fixture = await OpenAsync(version);
        var scenes = await PublishManyAsync(fixture);
        var undo = new Undo(fixture, scenes);
        fixture.Stash.Requests.Clear();

        var planned = await undo.RunAsync(dryRun: true);
        var asked = fixture.Stash.Requests.All.Count;
        var done = await undo.RunAsync(dryRun: false);

        Assert.InRange(asked, Batches, Batches + 3);
        Assert.InRange(fixture.Stash.Requests.Mutations.Count, Batches, 2 * Batches);
        Assert.Equal((Scenes, 2 * Scenes, 3 * Scenes), (planned.Done, planned.Markers, planned.Tags));
        Assert.Equal((Scenes, 2 * Scenes, 3 * Scenes), (done.Done, done.Markers, done.Tags));
        Assert.All(scenes, scene => Assert.Empty(fixture.Stash.Library.TagNamesOf(scene)));
        Assert.Empty(fixture.Stash.Library.Markers);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(40)]
    public async Task Undo_that_was_stopped_and_goes_on_reports_the_whole(int write)
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        var scenes = await PublishManyAsync(fixture);
        var undo = new Undo(fixture, scenes);
        fixture.Artifacts.FailAt(write);
        _ = await Assert.ThrowsAnyAsync<Exception>(() => undo.RunAsync(dryRun: false));
        fixture.Artifacts.Recover();
        _ = fixture.NewProcess();

        var done = await undo.RunAsync(dryRun: false);

        Assert.Equal((Scenes, 0, 2 * Scenes, 3 * Scenes), (done.Done, done.Skipped, done.Markers, done.Tags));
        Assert.Empty(fixture.Stash.Library.Markers);
    }

    [Fact]
    public async Task A_scene_that_changes_while_a_batch_is_undone_keeps_none_of_the_others()
    {
        await using var fixture = await OpenAsync(StashVersion.New2026);
        var scenes = await PublishManyAsync(fixture, 10);
        fixture.Stash.AtMutation(
            5,
            MutationMoment.Before,
            _ =>
            {
                fixture.Stash.Library.DeleteMarker(fixture.Stash.Library.MarkersOf(scenes[^1])[0].Id);
                return Task.CompletedTask;
            }
        );

        var done = await new Undo(fixture, scenes).RunAsync(dryRun: false);

        Assert.Equal((10, 0), (done.Done, done.Failed));
        Assert.Empty(fixture.Stash.Library.Markers);
        Assert.All(scenes, scene => Assert.Empty(fixture.Stash.Library.TagNamesOf(scene)));
    }

    private static async Task PrepareAndPublishAsync(StashFixture fixture, int scene)
    {
        var (found, _) = await fixture.Client.FindSceneAndVrTagAsync($"{scene}", CancellationToken.None);
        Assert.NotNull(found);
        await fixture.PublishAsync(Some, request => request with { SceneId = $"{scene}" });
    }

    private static async Task<IReadOnlyList<int>> PublishManyAsync(StashFixture fixture, int count = Scenes)
    {
        var scenes = Enumerable.Range(0, count).Select(number => fixture.AddScene($"Scene {number}")).ToList();
        await Task.WhenAll(scenes.Select(scene => fixture.PublishAsync(Some, request => request with { SceneId = $"{scene}" })));

        return scenes;
    }

    /// <summary>The activity as the engine calls it: again from the same position when it failed.</summary>
    private sealed class Undo(StashFixture fixture, IReadOnlyList<int> scenes)
    {
        private readonly InstanceTable _instances = new();

        public async Task<UndoOutput> RunAsync(bool dryRun)
        {
            var id = dryRun ? "undo-dry" : "undo-wet";
            var store = new UndoStore(fixture.Artifacts);
            var subjects = scenes.Select(scene => PublicationSubject.Scene($"{scene}")).ToList();
            if (await _instances.StartAsync(WorkflowNames.Undo, id, new UndoInput(All: false, dryRun), CancellationToken.None))
            {
                await store.WriteSelectionAsync(id, new UndoSelection { DryRun = dryRun, Subjects = subjects }, CancellationToken.None);
                await store.WriteSubjectsAsync(
                    id,
                    [.. subjects.Select(subject => new UndoSubject(subject, WasRunning: false))],
                    CancellationToken.None
                );
            }

            var activity = new UndoSubjectsActivity(
                store,
                fixture.Get<SceneUndo>(),
                fixture.Get<ImageUndo>(),
                fixture.Settings,
                _instances,
                TimeProvider.System
            );
            var output = new UndoOutput();
            for (var next = 0; next < scenes.Count; )
            {
                var progress = await activity.RunAsync(new UndoSubjectsInput(InstanceId.Known(id), next), CancellationToken.None);
                output = output.Plus(progress.Output);
                next = progress.Next;
            }

            return output;
        }
    }
}
