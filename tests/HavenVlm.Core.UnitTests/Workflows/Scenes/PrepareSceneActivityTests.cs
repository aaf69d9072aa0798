using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Scenes;
using HavenVlm.Simulation.Stash;

namespace HavenVlm.Core.UnitTests.Workflows.Scenes;

/// <summary>Whether a scene is analyzed at all, before anything of its file is read.</summary>
public sealed class PrepareSceneActivityTests : IAsyncLifetime
{
    private StashCore _core = null!;

    public async ValueTask InitializeAsync() => _core = await StashCore.OpenAsync();

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    [Fact]
    public async Task A_scene_by_name_that_Stash_does_not_have_is_a_failure_for_good()
    {
        var thrown = await Assert.ThrowsAsync<PermanentFailureException>(() => PrepareAsync("77", byName: true));

        Assert.Equal("Stash has no scene 77.", thrown.Message);
    }

    [Fact]
    public async Task A_tagged_scene_that_is_gone_meanwhile_needs_nothing()
    {
        var prepared = await PrepareAsync("77", byName: false);

        Assert.Equal(("", "Scene 77 is gone from Stash"), (prepared.Snapshot, prepared.Message));
    }

    [Fact]
    public async Task A_scene_whose_request_tag_was_taken_off_meanwhile_needs_nothing()
    {
        var scene = _core.AddScene("A walk", "Holiday");

        var prepared = await PrepareAsync(scene, byName: false);

        Assert.Equal(("", $"Scene {scene} no longer carries a request tag"), (prepared.Snapshot, prepared.Message));
    }

    [Fact]
    public async Task A_scene_that_cannot_be_analyzed_fails_with_its_title_and_the_reason()
    {
        var scene = _core.AddScene("A walk");

        var prepared = await PrepareAsync(scene, byName: true);

        Assert.Equal("A walk", prepared.Title);
        Assert.Equal("No tags are configured: add some under `tags`.", prepared.Failure);
        Assert.Equal("", prepared.Snapshot);
    }

    [Fact]
    public async Task A_dry_run_makes_no_tag_in_Stash()
    {
        var scene = _core.AddScene("A walk");
        var before = _core.Library.Snapshot();

        await PrepareAsync(scene, byName: false, dryRun: true);

        Assert.Equal(before, _core.Library.Snapshot());
    }

    [Fact]
    public async Task A_refused_key_is_waited_for_like_an_outage()
    {
        var scene = _core.AddScene("A walk");
        _core.Stash.Fault = new StashFault { Status = 401 };

        var thrown = await Assert.ThrowsAsync<StashUnavailableException>(() => PrepareAsync(scene, byName: true));

        Assert.Equal(StashErrorKind.Unauthorized, thrown.Kind);
    }

    private Task<ScenePreparation> PrepareAsync(string scene, bool byName, bool dryRun = false) =>
        _core.RunAsync<ScenePreparation>(
            WorkflowNames.PrepareScene,
            new PrepareSceneInput(InstanceId.Known($"scene-{scene}"), "run", SceneId.Known(scene), byName, "", dryRun)
        );
}
