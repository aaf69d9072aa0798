using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Markers.Tuning;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;

namespace HavenVlm.Core.Workflows.Tuning;

/// <summary>Reads the markers of a scene as the user left them: kept ones of ours, edited ones and the user's own.</summary>
internal sealed class UserMarkersReader(SceneStateReader reader)
{
    /// <summary>The markers; null when the scene is gone.</summary>
    /// <param name="sceneId">The scene.</param>
    /// <param name="names">Names that the configuration has for tags in Stash; looked up by name, rename and alias.</param>
    /// <param name="startOffset">Container time of the first picture: markers count from there in a player.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<UserMarkers?> ReadAsync(
        string sceneId,
        IReadOnlyCollection<string> names,
        TimeSpan startOffset,
        CancellationToken cancellationToken
    )
    {
        if (await reader.FindAsync(PublicationSubject.Scene(sceneId), names, cancellationToken) is not { } found)
        {
            return null;
        }

        var state = found.State;
        var byId = found.TagIds.ToLookup(entry => entry.Value, entry => entry.Key, StringComparer.Ordinal);
        var right = state.Markers.Where(marker => !Carries(marker, state.IncorrectTag)).ToList();
        var known = right.Where(marker => byId.Contains(marker.PrimaryTag.Id)).ToList();
        var deleted = PublicationReconciliation.Reconcile(state).Record.DeletedTags.Select(tag => tag.Id).ToHashSet(StringComparer.Ordinal);
        // One name for one tag, also where the configuration knows it by several.
        var nameOf = byId.ToDictionary(tag => tag.Key, tag => tag.Order(StringComparer.Ordinal).First(), StringComparer.Ordinal);
        return new UserMarkers
        {
            Spans = known
                .Where(marker => marker.EndSeconds is not null)
                .ToLookup(marker => nameOf[marker.PrimaryTag.Id], marker => Span(marker, startOffset), StringComparer.OrdinalIgnoreCase),
            Endless = known
                .Where(marker => marker.EndSeconds is null)
                .ToLookup(
                    marker => nameOf[marker.PrimaryTag.Id],
                    marker => MarkerTime.FromSeconds(marker.Seconds) - startOffset,
                    StringComparer.OrdinalIgnoreCase
                ),
            Names = found.TagIds.ToDictionary(entry => entry.Key, entry => nameOf[entry.Value], StringComparer.Ordinal),
            SceneTags = nameOf
                .Where(tag => state.SceneTags.Contains(tag.Key) || deleted.Contains(tag.Key))
                .ToDictionary(tag => tag.Value, tag => state.SceneTags.Contains(tag.Key), StringComparer.OrdinalIgnoreCase),
            Unknown = right
                .Where(marker => !byId.Contains(marker.PrimaryTag.Id))
                .GroupBy(marker => marker.PrimaryTag.Name, StringComparer.Ordinal)
                .ToDictionary(tag => tag.Key, tag => tag.Count(), StringComparer.Ordinal),
            Incorrect = state.Markers.Count - right.Count,
        };
    }

    private static bool Carries(StashMarker marker, string tagId) => marker.Tags.Any(tag => tag.Id.Equals(tagId, StringComparison.Ordinal));

    private static TimeRange Span(StashMarker marker, TimeSpan startOffset) =>
        new(MarkerTime.FromSeconds(marker.Seconds) - startOffset, MarkerTime.FromSeconds(marker.EndSeconds!.Value) - startOffset);
}
