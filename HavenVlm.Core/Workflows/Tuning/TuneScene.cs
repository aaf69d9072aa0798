using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Workflows.Tuning;

/// <summary>Finds the scene whose markers the user corrected.</summary>
internal sealed class TuneScene(StashClient stash, TagFamily family, SettingsSource settings)
{
    private const int MaxListed = 10;

    /// <summary>The scene named, else the one with VLM_TuneMe, else the one with VLM_TagMe.</summary>
    /// <exception cref="PermanentFailureException">There is none or there are several, or Stash cannot say where markers end.</exception>
    public async Task<string> FindAsync(string? sceneId, CancellationToken cancellationToken)
    {
        var schema = await stash.SchemaAsync(cancellationToken);
        if (!schema.HasMarkerEnd)
        {
            throw new PermanentFailureException(
                $"This Stash ({schema.Version}) keeps no ends of markers, so there is nothing to compare lengths with. Marker settings can be found with Stash v0.28 and newer."
            );
        }

        if (sceneId is not null)
        {
            return await stash.FindSceneAsync(sceneId, cancellationToken) is null
                ? throw new PermanentFailureException($"Stash has no scene {StashText.Clean(sceneId)}.")
                : sceneId;
        }

        var tags = await family.EnsureAsync(cancellationToken);
        var names = settings.Current.StashTags;
        return await OnlyAsync(tags.TuneMe, names.TuneMe, cancellationToken)
            ?? await OnlyAsync(tags.TagMe, names.TagMe, cancellationToken)
            ?? throw new PermanentFailureException(
                $"No scene carries {names.TuneMe} or {names.TagMe}. Put the markers of a scene right, give it {names.TuneMe} or name it."
            );
    }

    private async Task<string?> OnlyAsync(string tagId, string tagName, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        await foreach (var id in stash.FindSceneIdsByTagAsync(tagId, cancellationToken))
        {
            ids.Add(id);
            if (ids.Count > MaxListed)
            {
                break;
            }
        }

        if (ids.Count > 1)
        {
            var more = ids.Count > MaxListed ? " and more" : "";
            throw new PermanentFailureException(
                $"Several scenes carry {tagName}: {string.Join(", ", ids.Take(MaxListed))}{more}. Name one of them, or leave the tag on one only."
            );
        }

        return ids.Count == 1 ? ids[0] : null;
    }
}
