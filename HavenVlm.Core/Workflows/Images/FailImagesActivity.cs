using HavenVlm.Core.Stash.Images;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>Marks what a failed run has left: the images of a chunk that are still asked for. With a dry run nothing is written.</summary>
internal sealed class FailImagesActivity(ImageRequestStore requests, ImagePublisher publisher, IOrchestrationClient client)
    : IActivity<FailImagesInput, PublishImagesOutput>
{
    public Task<PublishImagesOutput> RunAsync(FailImagesInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => FailAsync(input, cancellationToken));

    private async Task<PublishImagesOutput> FailAsync(FailImagesInput input, CancellationToken cancellationToken)
    {
        var run = new ImageRunInput(input.InstanceId, input.Run);
        if (await requests.ReadOutcomeAsync(run, input.Chunk, cancellationToken) is { } known)
        {
            return ChunkOutcomes.Output(known);
        }

        var instance = await client.GetAsync(input.InstanceId, withInput: false, cancellationToken);
        if (instance is null or { HasEnded: true })
        {
            return new PublishImagesOutput();
        }

        var request = await requests.ReadRequestAsync(input.InstanceId, cancellationToken);
        var result = await publisher.PublishAsync(
            new ImagePublication
            {
                ImageIds = await requests.ReadIdsAsync(run, input.Chunk, cancellationToken),
                Run = input.Run,
                DryRun = request.DryRun,
                Judge = (image, _, family, _) =>
                    Task.FromResult(request.ByName || image.IsAskedForBy(family.Requests) ? ImageVerdict.Failed(input.Reason) : null),
            },
            cancellationToken
        );
        var outcome = ChunkOutcomes.Of(result, request);
        await requests.WriteOutcomeAsync(run, input.Chunk, outcome, cancellationToken);
        return ChunkOutcomes.Output(outcome);
    }
}
