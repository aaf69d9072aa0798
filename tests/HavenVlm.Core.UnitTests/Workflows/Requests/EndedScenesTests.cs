using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Requests;

namespace HavenVlm.Core.UnitTests.Workflows.Requests;

/// <summary>How an ended scene counts in its request.</summary>
public sealed class EndedScenesTests
{
    private static readonly RunningScene Scene = new(SceneId.Known("12"), DateTimeOffset.UnixEpoch, Joined: false);

    [Theory]
    [InlineData("tagged", 1, 0)]
    [InlineData("unchanged", 1, 0)]
    [InlineData("dryRun", 1, 0)]
    [InlineData("skipped", 0, 1)]
    [InlineData("verified", 1, 0)] // of a newer version
    public void A_completed_scene_is_done_unless_it_was_skipped(string outcome, int done, int skipped)
    {
        var state = Count($$"""{"outcome":"{{outcome}}","frames":5}""");

        Assert.Equal((done, skipped, 5 * done), (state.Done, state.Skipped, state.FramesEnded));
        Assert.Empty(state.Running);
    }

    private static RequestState Count(string output) =>
        EndedScenes.Count(
            new RequestState { Running = [Scene] },
            Scene,
            new OrchestrationInstance
            {
                Name = WorkflowNames.TagScene,
                InstanceId = InstanceId.Known("scene-12"),
                RuntimeStatus = RuntimeStatus.Completed,
                Output = JsonSerializer.Deserialize<JsonElement>(output),
                CreatedTime = DateTimeOffset.UnixEpoch,
                LastUpdatedTime = DateTimeOffset.UnixEpoch,
            }
        );
}
