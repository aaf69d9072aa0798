using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.UnitTests.Workflows.Scenes;

/// <summary>What a scene's tags say after it failed or was terminated.</summary>
public sealed class SceneStateActivityTests : IAsyncLifetime
{
    private StashCore _core = null!;

    public async ValueTask InitializeAsync() => _core = await StashCore.OpenAsync();

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    [Fact]
    public async Task A_failed_scene_is_marked_and_no_longer_requested()
    {
        var scene = await RunningAsync("VLM_TagMe", "VLM_UpdateMe", "Holiday");

        Assert.True(await MarkAsync(scene));

        Assert.Equal(["Holiday", "VLM_Errored"], _core.TagsOf(scene));
    }

    [Theory]
    [InlineData(RuntimeStatus.Terminated)]
    [InlineData(RuntimeStatus.Completed)]
    public async Task A_scene_whose_instance_ended_meanwhile_is_left_alone(RuntimeStatus status)
    {
        var scene = await RunningAsync("VLM_TagMe");
        _core.Instances.End($"scene-{scene}", status, output: null);

        Assert.False(await MarkAsync(scene));

        Assert.Equal(["VLM_TagMe"], _core.TagsOf(scene));
    }

    [Fact]
    public async Task Marking_twice_is_marking_once()
    {
        var scene = await RunningAsync("VLM_TagMe");

        await MarkAsync(scene);
        await MarkAsync(scene);

        Assert.Equal(["VLM_Errored"], _core.TagsOf(scene));
    }

    [Fact]
    public async Task A_terminated_scene_loses_its_request_tags_only()
    {
        var scene = _core.AddScene("A walk", "VLM_TagMe", "VLM_Tagged", "Holiday");

        await _core.RunAsync<bool>(WorkflowNames.RemoveRequestTags, new ReleaseSceneInput(SceneId.Known(scene)));

        Assert.Equal(["Holiday", "VLM_Tagged"], _core.TagsOf(scene));
    }

    private async Task<string> RunningAsync(params string[] tags)
    {
        var scene = _core.AddScene("A walk", tags);
        var input = new TagSceneInput { SceneId = SceneId.Known(scene) };
        await _core.Instances.StartAsync(WorkflowNames.TagScene, $"scene-{scene}", input, CancellationToken.None);
        return scene;
    }

    private Task<bool> MarkAsync(string scene) =>
        _core.RunAsync<bool>(
            WorkflowNames.MarkErrored,
            new MarkErroredInput(InstanceId.Known($"scene-{scene}"), SceneId.Known(scene), "no file")
        );
}
