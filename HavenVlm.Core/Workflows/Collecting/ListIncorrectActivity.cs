using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Images;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Collecting;

/// <summary>Lists once which scenes and images have something to export.</summary>
internal sealed class ListIncorrectActivity(
    CollectStore store,
    IncorrectMarkers markers,
    PublicationRecordStore records,
    ImageRecordStore imageRecords,
    TagFamily family,
    StashClient stash
) : IActivity<CollectStepInput, int>
{
    public Task<int> RunAsync(CollectStepInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => ListAsync(input, cancellationToken));

    private async Task<int> ListAsync(CollectStepInput input, CancellationToken cancellationToken)
    {
        if (await store.FindSubjectsAsync(input.InstanceId, cancellationToken) is { } known)
        {
            return known.Length;
        }

        var selection = await store.ReadSelectionAsync(input.InstanceId, cancellationToken);
        // What a person marked comes first.
        var subjects = new List<PublicationSubject>((await markers.ListScenesAsync(cancellationToken)).Select(PublicationSubject.Scene));
        var tags = await family.PreviewAsync(cancellationToken);
        if (StashText.IsId(tags.Incorrect))
        {
            await foreach (var id in stash.FindImageIdsByTagAsync([tags.Incorrect], cancellationToken))
            {
                subjects.Add(PublicationSubject.Image(id));
            }
        }

        if (selection.All)
        {
            await foreach (var subject in records.ListAsync(cancellationToken))
            {
                subjects.Add(subject);
            }

            await foreach (var id in imageRecords.ListAsync(cancellationToken))
            {
                subjects.Add(PublicationSubject.Image(id));
            }
        }

        List<PublicationSubject> list = [.. subjects.Distinct()];
        await store.WriteSubjectsAsync(input.InstanceId, list, cancellationToken);
        return list.Count;
    }
}
