using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Scenes;

namespace HavenVlm.Core.UnitTests.Workflows.Scenes;

public sealed class ReleaseSceneOrchestratorTests
{
    [Fact]
    public void Takes_the_request_tags_off_also_when_Stash_is_away_at_first()
    {
        var run = new ScriptedRun().OnEach(WorkflowNames.RemoveRequestTags, new IOException("away"), new IOException("away"), true);

        Assert.True(run.Run(() => new ReleaseSceneOrchestrator(), new ReleaseSceneInput(SceneId.Known("12"))).Output);
        Assert.Equal(["RemoveRequestTags", "timer 2s", "RemoveRequestTags", "timer 3.2s", "RemoveRequestTags"], run.Steps);
    }
}
