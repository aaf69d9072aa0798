using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>Changes the state tags of scenes.</summary>
internal sealed class SceneStates(StashClient client, TagFamily family, PublicationRecordStore records)
{
    /// <summary>The analysis failed: <c>Errored</c> on, the request tags off. False when there is no such scene.</summary>
    public Task<bool> MarkErroredAsync(string sceneId, CancellationToken cancellationToken) =>
        ChangeAsync(sceneId, isErrored: true, cancellationToken);

    /// <summary>Takes the request tags off, so that the next sweep leaves the scene alone. False when there is no such scene.</summary>
    public Task<bool> RemoveRequestTagAsync(string sceneId, CancellationToken cancellationToken) =>
        ChangeAsync(sceneId, isErrored: false, cancellationToken);

    private async Task<bool> ChangeAsync(string sceneId, bool isErrored, CancellationToken cancellationToken)
    {
        try
        {
            return await ChangeOnceAsync(sceneId, isErrored, cancellationToken);
        }
        catch (StashException e) when (e.Kind == StashErrorKind.Refused)
        {
            // A tag of the family was deleted or merged since it was looked up.
            family.Forget();
        }

        return await ChangeOnceAsync(sceneId, isErrored, cancellationToken);
    }

    private async Task<bool> ChangeOnceAsync(string sceneId, bool isErrored, CancellationToken cancellationToken)
    {
        var tags = await FamilyAsync(isErrored, cancellationToken);
        var (present, isStill) = await client.FindSceneTagsAsync(sceneId, tags, cancellationToken);
        if (!isStill)
        {
            family.Forget();
            tags = await FamilyAsync(isErrored, cancellationToken);
        }

        if (present is null)
        {
            return false;
        }

        List<string> add = isErrored && !present.Contains(tags.Errored, StringComparer.Ordinal) ? [tags.Errored] : [];
        var remove = tags.Requests.Intersect(present, StringComparer.Ordinal).ToList();
        if (add.Count > 0)
        {
            // Known to be ours before it is there: undo takes off exactly what we put on.
            var subject = PublicationSubject.Scene(sceneId);
            await records.UpdateAsync(subject, record => record.WithStates(add, []), cancellationToken);
        }

        await client.ChangeSceneTagsAsync(sceneId, add, remove, cancellationToken);
        return true;
    }

    /// <summary>Taking tags off needs none to be made.</summary>
    private async Task<StashTagFamily> FamilyAsync(bool create, CancellationToken cancellationToken) =>
        create ? await family.EnsureAsync(cancellationToken) : family.Remembered ?? await family.PreviewAsync(cancellationToken);
}
