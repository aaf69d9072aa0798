namespace HavenVlm.Core.Stash;

/// <summary>Changes the state tags of scenes.</summary>
internal sealed class SceneStates(StashClient client, TagFamily family)
{
    /// <summary>The analysis failed: <c>Errored</c> on, the request tags off. False when there is no such scene.</summary>
    public Task<bool> MarkErroredAsync(string sceneId, CancellationToken cancellationToken) =>
        ChangeAsync(sceneId, tags => [tags.Errored], tags => tags.Requests, cancellationToken);

    /// <summary>Takes the request tags off, so that the next sweep leaves the scene alone. False when there is no such scene.</summary>
    public Task<bool> RemoveRequestTagAsync(string sceneId, CancellationToken cancellationToken) =>
        ChangeAsync(sceneId, _ => [], tags => tags.Requests, cancellationToken);

    private async Task<bool> ChangeAsync(
        string sceneId,
        Func<StashTagFamily, IReadOnlyList<string>> on,
        Func<StashTagFamily, IReadOnlyList<string>> off,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await ChangeOnceAsync(sceneId, on, off, cancellationToken);
        }
        catch (StashException e) when (e.Kind == StashErrorKind.Refused)
        {
            // A tag of the family was deleted or merged since it was looked up.
            family.Forget();
        }

        return await ChangeOnceAsync(sceneId, on, off, cancellationToken);
    }

    private async Task<bool> ChangeOnceAsync(
        string sceneId,
        Func<StashTagFamily, IReadOnlyList<string>> on,
        Func<StashTagFamily, IReadOnlyList<string>> off,
        CancellationToken cancellationToken
    )
    {
        var tags = await family.EnsureAsync(cancellationToken);
        var (present, isStill) = await client.FindSceneTagsAsync(sceneId, tags, cancellationToken);
        if (!isStill)
        {
            family.Forget();
            tags = await family.EnsureAsync(cancellationToken);
        }

        if (present is null)
        {
            return false;
        }

        var add = on(tags).Except(present, StringComparer.Ordinal).ToList();
        var remove = off(tags).Intersect(present, StringComparer.Ordinal).ToList();
        await client.ChangeSceneTagsAsync(sceneId, add, remove, cancellationToken);
        return true;
    }
}
