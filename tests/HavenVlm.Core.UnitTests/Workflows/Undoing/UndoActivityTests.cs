using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Core.Workflows.Undoing;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Workflows.Undoing;

/// <summary>What an undo is about, what it ends first, and what it takes back.</summary>
public sealed class UndoActivityTests : IAsyncLifetime
{
    private const string Undo = "undo-1";
    private StashCore _core = null!;

    public async ValueTask InitializeAsync() => _core = await StashCore.OpenAsync();

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    [Fact]
    public async Task Everything_ends_requests_and_the_sweep_and_lists_what_runs_before_what_was_published()
    {
        var published = await PublishedAsync("A walk");
        await StartAsync(WorkflowNames.TagScene, "scene-99");
        await StartAsync(WorkflowNames.TagScenes, "scenes-1");
        await StartAsync(WorkflowNames.Sweep, "sweep");

        Assert.Equal(2, await SnapshotAsync(new UndoSelection { All = true }));

        Assert.Equal(["terminate sweep", "terminate scenes-1"], _core.Instances.Done.TakeLast(2));
        var subjects = await SubjectsAsync();
        Assert.Equal(["99", published], subjects.Select(each => each.Subject.Id));
        Assert.Equal([true, false], subjects.Select(each => each.WasRunning));
    }

    [Fact]
    public async Task A_dry_run_ends_nothing_and_changes_nothing()
    {
        var scene = await PublishedAsync("A walk");
        await StartAsync(WorkflowNames.TagScenes, "scenes-1");
        var before = _core.Library.Snapshot();
        await SnapshotAsync(new UndoSelection { All = true, DryRun = true });

        var undone = await UndoAsync();

        Assert.DoesNotContain("terminate scenes-1", _core.Instances.Done);
        Assert.Equal(before, _core.Library.Snapshot());
        Assert.Equal((1, 1), (undone.Output.Done, undone.Output.Markers));
        Assert.Contains(undone.Output.Changes, change => change.StartsWith($"scene {scene}: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Named_scenes_only()
    {
        var one = await PublishedAsync("A walk");
        var other = await PublishedAsync("Another");
        await SnapshotAsync(new UndoSelection { Subjects = [PublicationSubject.Scene(one)] });

        var undone = await UndoAsync();

        Assert.Equal((1, 1), (undone.Next, undone.Output.Done));
        Assert.Empty(_core.TagsOf(one));
        Assert.Equal(["Kissing", "VLM_Tagged"], _core.TagsOf(other));
    }

    [Fact]
    public async Task A_scene_that_is_being_analyzed_is_ended_first()
    {
        var scene = await PublishedAsync("A walk");
        await SnapshotAsync(new UndoSelection { Subjects = [PublicationSubject.Scene(scene)] });
        await StartAsync(WorkflowNames.TagScene, $"scene-{scene}");

        await UndoAsync();

        Assert.Equal(RuntimeStatus.Terminated, _core.Instances[$"scene-{scene}"].RuntimeStatus);
    }

    [Fact]
    public async Task A_repeated_call_finds_the_list_written()
    {
        await PublishedAsync("A walk");
        await SnapshotAsync(new UndoSelection { All = true });
        await PublishedAsync("Another");

        Assert.Equal(1, await _core.RunAsync<int>(WorkflowNames.SnapshotUndo, new SnapshotUndoInput(InstanceId.Known(Undo))));
    }

    [Fact]
    public async Task An_undo_that_was_ended_takes_nothing_more_back()
    {
        var scene = await PublishedAsync("A walk");
        await SnapshotAsync(new UndoSelection { All = true });
        _core.Instances.End(Undo, RuntimeStatus.Terminated, output: null);

        Assert.Equal(0, (await UndoAsync()).Next);

        Assert.Contains("Kissing", _core.TagsOf(scene));
    }

    [Fact]
    public async Task Tags_that_we_made_go_at_the_end()
    {
        await PublishedAsync("A walk");
        await SnapshotAsync(new UndoSelection { All = true });
        await UndoAsync();

        var tags = await _core.RunAsync<CreatedTagsOutput>(WorkflowNames.RemoveCreatedTags, new RemoveCreatedTagsInput(DryRun: false));

        Assert.Contains("Kissing", tags.Removed);
        Assert.Empty(_core.Library.Tags);
    }

    private async Task<string> PublishedAsync(string title)
    {
        var scene = _core.AddScene(title);
        await _core
            .Get<ScenePublisher>()
            .PublishAsync(
                new ScenePublication { SceneId = scene, Wanted = StashFixture.Wanted(StashFixture.Span("Kissing", 10, 20)) },
                CancellationToken.None
            );
        return scene;
    }

    private Task<bool> StartAsync(string name, string id) =>
        _core.Instances.StartAsync(name, id, new TagScenesInput(), CancellationToken.None);

    private async Task<int> SnapshotAsync(UndoSelection selection)
    {
        await _core.Instances.StartAsync(WorkflowNames.Undo, Undo, new UndoInput(selection.All, selection.DryRun), CancellationToken.None);
        await _core.Get<UndoStore>().WriteSelectionAsync(Undo, selection, CancellationToken.None);
        return await _core.RunAsync<int>(WorkflowNames.SnapshotUndo, new SnapshotUndoInput(InstanceId.Known(Undo)));
    }

    private async Task<IReadOnlyList<UndoSubject>> SubjectsAsync() =>
        (await _core.Get<UndoStore>().ReadSubjectsAsync(Undo, CancellationToken.None))!;

    private Task<UndoProgress> UndoAsync() =>
        _core.RunAsync<UndoProgress>(WorkflowNames.UndoSubjects, new UndoSubjectsInput(InstanceId.Known(Undo), 0));
}
