using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Core.Workflows.Collecting.Exports;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Collecting;

/// <summary>Takes the mark off what is exported, and deletes markers of ours. What has no pictures stays marked, so that nothing is lost.</summary>
internal sealed class ReleaseIncorrectActivity(
    CollectStore store,
    IncorrectMarkers markers,
    TagFamily family,
    StashClient stash,
    IOrchestrationClient client,
    SettingsSource settings,
    TimeProvider time
) : IActivity<CollectChunkInput, CollectReleased>
{
    private static readonly TimeSpan TimeBudget = TimeSpan.FromSeconds(30);

    public Task<CollectReleased> RunAsync(CollectChunkInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => ReleaseChunkAsync(input, cancellationToken));

    private async Task<CollectReleased> ReleaseChunkAsync(CollectChunkInput input, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var subjects = await store.ReadSubjectsAsync(input.InstanceId, cancellationToken);
        var output = new CollectOutput();
        var next = input.From;
        for (; next < subjects.Length; next++)
        {
            var isLate = next > input.From && time.GetElapsedTime(began) > TimeBudget;
            if (isLate || !await client.IsActiveAsync(input.InstanceId, cancellationToken))
            {
                break;
            }

            var part = await store.ReadPartAsync(input.InstanceId, next, cancellationToken);
            output = output.Plus(await ReleaseAsync(subjects[next], part, cancellationToken));
        }

        return new CollectReleased(next, output.Untagged, output.Deleted, output.Left);
    }

    private async Task<CollectReleased> ReleaseAsync(PublicationSubject subject, ExportPart part, CancellationToken cancellationToken)
    {
        var exported = part.Entries.Where(entry => entry is { Verdict: ExportVerdict.Incorrect, Reason: null }).ToList();
        if (exported.Count == 0)
        {
            return new CollectReleased(0, 0, 0, []);
        }

        try
        {
            if (subject.Kind is SubjectKind.Image)
            {
                return new CollectReleased(0, await UntagImageAsync(subject.Id, cancellationToken), 0, []);
            }

            var released = await markers.ReleaseAsync(
                subject.Id,
                [.. exported.Select(entry => entry.Marker!)],
                settings.Current.Export.DeleteIncorrectMarkers,
                cancellationToken
            );
            return new CollectReleased(0, released.Untagged, released.Deleted, released.Left);
        }
        catch (PermanentFailureException e)
        {
            return new CollectReleased(0, 0, 0, [$"{subject}: {e.Message}"]);
        }
    }

    private async Task<int> UntagImageAsync(string imageId, CancellationToken cancellationToken)
    {
        var tags = await family.PreviewAsync(cancellationToken);
        if (await stash.FindImageAsync(imageId, cancellationToken) is not { } image || !image.HasTag(tags.Incorrect))
        {
            return 0;
        }

        _ = (await stash.SendAsync([StashClient.RemoveImageTagsCall([imageId], [tags.Incorrect])], cancellationToken)).OrThrow();
        return 1;
    }
}
