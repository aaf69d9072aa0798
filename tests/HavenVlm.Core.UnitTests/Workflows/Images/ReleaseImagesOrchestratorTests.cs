using HavenVlm.Core.Common;
using HavenVlm.Core.UnitTests.Workflows.Ports;
using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.UnitTests.Workflows.Images;

public sealed class ReleaseImagesOrchestratorTests
{
    [Fact]
    public void Goes_on_chunk_by_chunk_over_histories_until_there_is_none()
    {
        var run = new ScriptedRun().On<ReleaseImagesInput, bool>(WorkflowNames.RemoveImageRequestTags, input => input.Next < 149);

        Assert.True(run.Run(() => new ReleaseImagesOrchestrator(), new ReleaseImagesInput(InstanceId.Known("images-1"))).Output);
        Assert.Equal(2, run.Histories.Count);
        Assert.Equal(
            Enumerable.Range(0, 150),
            run.InputsOf<ReleaseImagesInput>(WorkflowNames.RemoveImageRequestTags).Select(input => input.Next)
        );
    }
}
