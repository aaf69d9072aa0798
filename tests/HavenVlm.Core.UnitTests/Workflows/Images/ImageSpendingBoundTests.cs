using HavenVlm.Core.Workflows.Images;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.UnitTests.Workflows.Images;

/// <summary>Whatever a store gets wrong, images are asked no more than they can need.</summary>
public sealed class ImageSpendingBoundTests
{
    private const int Images = 10;

    [Fact]
    public async Task A_log_that_loses_every_answer_ends_the_run_over_continued_histories_too()
    {
        var asked = 0;
        var failed = 0;
        var run = new MeasuredRun(
            (name, _) =>
            {
                switch (name)
                {
                    case WorkflowNames.PrepareImages:
                        return new ImagesPrepared
                        {
                            Total = Images,
                            Chunks = 1,
                            BatchSize = Images,
                        };
                    case WorkflowNames.AnalyzeImages:
                        // Far beyond any bound, so that the test ends without one.
                        Assert.InRange(++asked, 1, 500);
                        return new AnalyzeImagesOutput
                        {
                            Answered = 1,
                            Recorded = 1,
                            Remaining = Images,
                        };
                    case WorkflowNames.FailImages:
                        failed++;
                        return new PublishImagesOutput { Failed = Images };
                    default:
                        return new TagImagesOutput();
                }
            }
        );

        var e = await Assert.ThrowsAsync<OrchestrationFailedException>(() =>
            run.RunAsync(() => new TagImagesOrchestrator(), new TagImagesInput())
        );

        Assert.Equal(80, asked);
        Assert.Equal(1, failed);
        Assert.Contains("10 images need at most 80", e.Message, StringComparison.Ordinal);
    }
}
