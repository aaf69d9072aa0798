using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Images;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>Starts <see cref="ReleaseImagesOrchestrator"/>.</summary>
/// <param name="InstanceId">The instance that was ended.</param>
/// <param name="Next">Chunk that comes next; set by continue-as-new.</param>
public sealed record ReleaseImagesInput(InstanceId InstanceId, int Next = 0);

/// <summary>
/// Takes the request tags off what an ended TagImages instance had not done, so that the next sweep does not bring it back. An
/// orchestration, so that it happens also when Stash is away or this process ends in between.
/// </summary>
internal sealed class ReleaseImagesOrchestrator : IOrchestrator<ReleaseImagesInput, bool>
{
    private const int ChunksPerHistory = 100;

    public async Task<bool> RunAsync(IOrchestrationContext context, ReleaseImagesInput input)
    {
        for (var chunk = input.Next; ; chunk++)
        {
            if (chunk - input.Next >= ChunksPerHistory)
            {
                context.ContinueAsNew(input with { Next = chunk });
                return false;
            }

            var more = await context.CallActivityAsync<bool>(
                WorkflowNames.RemoveImageRequestTags,
                new ReleaseImagesInput(input.InstanceId, chunk),
                RetryPolicies.LongOutage
            );
            if (!more)
            {
                return true;
            }
        }
    }
}

/// <summary>Takes the request tags off the images of one chunk, after the last one off the galleries; whether there is a further chunk.</summary>
internal sealed class RemoveImageRequestTagsActivity(ImageRequestStore requests, ImagePublisher publisher, RequestedImages requested)
    : IActivity<ReleaseImagesInput, bool>
{
    public async Task<bool> RunAsync(ReleaseImagesInput input, CancellationToken cancellationToken)
    {
        if (await requests.LatestRunAsync(input.InstanceId, cancellationToken) is not { } name)
        {
            return false;
        }

        var run = new ImageRunInput(input.InstanceId, name);
        var request = await requests.ReadRequestAsync(input.InstanceId, cancellationToken);
        var prepared = await requests.RequirePreparedAsync(run, cancellationToken);
        if (request.DryRun)
        {
            return false;
        }

        if (input.Next < prepared.Chunks && await requests.ReadOutcomeAsync(run, input.Next, cancellationToken) is null)
        {
            _ = await publisher.PublishAsync(
                new ImagePublication
                {
                    ImageIds = await requests.ReadIdsAsync(run, input.Next, cancellationToken),
                    Judge = (image, _, family, _) => Task.FromResult(family.Requests.Any(image.HasTag) ? ImageVerdict.Released : null),
                },
                cancellationToken
            );
        }

        if (input.Next + 1 < prepared.Chunks)
        {
            return true;
        }

        var galleries = await requests.ReadGalleriesAsync(run, cancellationToken);
        await requested.ReleaseGalleriesAsync(galleries, evenUnfinished: true, cancellationToken);
        return false;
    }
}
