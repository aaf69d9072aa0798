using HavenVlm.Core.Analysis;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Core.Workflows.Collecting.Exports;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Collecting;

/// <summary>Exports scene after scene and image after image for a while; changes nothing in Stash. Returns the position of the next one.</summary>
internal sealed class ExportIncorrectActivity(
    CollectStore store,
    IncorrectMarkers markers,
    MarkerExport markerExport,
    ImageExport imageExport,
    TagFamily family,
    StashClient stash,
    IOrchestrationClient client,
    SettingsSource settings,
    TimeProvider time
) : IActivity<CollectChunkInput, int>
{
    private static readonly TimeSpan TimeBudget = TimeSpan.FromSeconds(30);

    // One scene may take so long; what it wrote is there when it is tried again, so that it gets through in the end.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    public async Task<int> RunAsync(CollectChunkInput input, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var selection = await store.ReadSelectionAsync(input.InstanceId, cancellationToken);
        var subjects = await store.ReadSubjectsAsync(input.InstanceId, cancellationToken);
        var next = input.From;
        try
        {
            for (; next < subjects.Length; next++)
            {
                var isLate = next > input.From && time.GetElapsedTime(began) > TimeBudget;
                if (isLate || !await client.IsActiveAsync(input.InstanceId, cancellationToken))
                {
                    break;
                }

                if (await store.FindPartAsync(input.InstanceId, next, cancellationToken) is null)
                {
                    var part = await ExportAsync(subjects[next], selection, stop.Token);
                    await store.WritePartAsync(input.InstanceId, next, part, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The next call goes on with the same scene, whose finished pictures it finds.
        }

        return next;
    }

    private async Task<ExportPart> ExportAsync(PublicationSubject subject, CollectSelection selection, CancellationToken cancellationToken)
    {
        var folder = new ExportFolder(selection.Folder);
        return subject.Kind is SubjectKind.Scene
            ? await SceneAsync(subject.Id, selection.All, folder, cancellationToken)
            : await ImageAsync(subject.Id, folder, cancellationToken);
    }

    private async Task<ExportPart> SceneAsync(string sceneId, bool all, ExportFolder folder, CancellationToken cancellationToken)
    {
        if (await markers.ReadAsync(sceneId, cancellationToken) is not { } scene)
        {
            return new ExportPart([], []);
        }

        var names = settings.Current.Tags.Select(tag => tag.Value.Rename.Length > 0 ? tag.Value.Rename : tag.Key);
        var known = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var wanted = scene
            .Markers.Where(marker => marker.IsIncorrect || (all && (marker.IsOurs || known.Contains(marker.Marker.PrimaryTag.Name))))
            .ToList();
        if (wanted.Count == 0)
        {
            return new ExportPart([], []);
        }

        var exported = await markerExport.ExportAsync(scene.Scene, wanted, folder, cancellationToken);
        return new ExportPart(exported.Entries, [.. exported.Entries.SelectMany(entry => FineTuning.Of(entry, exported.Question))]);
    }

    private async Task<ExportPart> ImageAsync(string imageId, ExportFolder folder, CancellationToken cancellationToken)
    {
        if (await stash.FindImageAsync(imageId, cancellationToken) is not { } image)
        {
            return new ExportPart([], []);
        }

        var tags = await family.PreviewAsync(cancellationToken);
        var entry = await imageExport.ExportAsync(image, image.HasTag(tags.Incorrect), folder, cancellationToken);
        return new ExportPart([entry], [.. FineTuning.Of(entry, SnapshotBuilder.Question(settings.Current))]);
    }
}
