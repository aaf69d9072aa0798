using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.UnitTests.Workflows.Running;

public sealed class LiveProgressTests
{
    [Fact]
    public async Task A_chunk_that_begins_while_the_last_one_ends_is_counted()
    {
        var live = new LiveProgress(TimeProvider.System);
        using var done = new CancellationTokenSource();
        var others = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                live.Begin("scene-1").Dispose();
            }
        });

        var lost = 0;
        var running = Running();
        for (var i = 0; i < Rounds; i++)
        {
            using var chunk = live.Begin("scene-1");
            chunk.FrameDone();
            lost += live.Overlay(running)!.FramesDone == 1 ? 0 : 1;
        }

        await done.CancelAsync();
        await others;
        Assert.Equal(0, lost);
    }

    [Fact]
    public void Frames_of_running_chunks_are_added_until_each_ends()
    {
        var live = new LiveProgress(TimeProvider.System);
        using var first = live.Begin("scene-1");
        var second = live.Begin("scene-1");
        first.FrameDone();
        second.FrameDone();
        second.FrameDone();

        Assert.Equal(3, live.Overlay(Running())!.FramesDone);
        second.Dispose();
        second.Dispose();
        Assert.Equal(1, live.Overlay(Running())!.FramesDone);
    }

    private const int Rounds = 100_000;

    private static OrchestrationInstance Running() =>
        new()
        {
            Name = WorkflowNames.TagScene,
            InstanceId = InstanceId.Known("scene-1"),
            RuntimeStatus = RuntimeStatus.Running,
            CustomStatus = JsonSerializer.SerializeToElement(
                new ProgressStatus { Stage = ProgressStage.Analyzing, FramesTotal = 10 },
                HavenJson.Options
            ),
            CreatedTime = default,
            LastUpdatedTime = default,
        };
}
