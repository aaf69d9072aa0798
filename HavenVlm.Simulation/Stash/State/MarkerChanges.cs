using System.Collections.Immutable;
using System.Globalization;
using HavenVlm.Simulation.Stash.GraphQl;

namespace HavenVlm.Simulation.Stash.State;

/// <summary>What may be given for a marker; what is null stays as it is.</summary>
internal sealed record MarkerInput
{
    public int? SceneId { get; init; }

    public string? Title { get; init; }

    public double? Seconds { get; init; }

    public double? EndSeconds { get; init; }

    /// <summary>Takes the end away; absent it stays.</summary>
    public bool ClearEnd { get; init; }

    public int? PrimaryTagId { get; init; }

    public IdChange? Tags { get; init; }
}

/// <summary>Creating, changing and deleting markers under Stash's rules.</summary>
internal static class MarkerChanges
{
    public static StashMarker CreateMarker(this LibraryTransaction transaction, MarkerInput input)
    {
        var (sceneId, primary, seconds) = (input.SceneId ?? 0, input.PrimaryTagId ?? 0, input.Seconds ?? 0);
        RequireOrder(seconds, input.EndSeconds);
        if (!transaction.State.Scenes.ContainsKey(sceneId) || !transaction.State.Tags.ContainsKey(primary))
        {
            throw LibraryTransaction.ForeignKey("inserting into scene_markers");
        }

        var tags = input.Tags?.Apply([]) ?? [];
        transaction.RequireTags(tags, "scene_markers_tags");
        var id = transaction.NextId("scene_markers");
        var marker = new StashMarker(
            id,
            sceneId,
            transaction.CleanTitle(input.Title ?? ""),
            seconds,
            primary,
            transaction.Now,
            transaction.Now
        )
        {
            EndSeconds = input.EndSeconds,
            TagIds = tags.Remove(primary),
        };
        return transaction.Put(marker);
    }

    /// <summary>Every update renews the time, also one that changes nothing.</summary>
    public static StashMarker UpdateMarker(this LibraryTransaction transaction, int id, MarkerInput input)
    {
        var marker = transaction.RequireMarker(id);
        if (!input.ClearEnd && (input.Seconds is not null || input.EndSeconds is not null))
        {
            RequireOrder(input.Seconds ?? marker.Seconds, input.EndSeconds ?? marker.EndSeconds);
        }

        var changed = transaction.Fill(marker, input);
        if (input.Tags is not null)
        {
            transaction.RequireTags(input.Tags.Written, "scene_markers_tags");
            changed = changed with { TagIds = input.Tags.Apply(marker.TagIds).Remove(changed.PrimaryTagId) };
        }

        return transaction.Put(changed);
    }

    /// <summary>
    /// The bulk update takes the primary tag out of the additional ones and then looks only at whether their number changed: a change to as many
    /// other tags is lost. So the real server does, and so does this.
    /// </summary>
    public static StashMarker BulkUpdateMarker(this LibraryTransaction transaction, int id, MarkerInput input)
    {
        if (!transaction.State.Markers.TryGetValue(id, out var marker))
        {
            throw new StashErrorException(
                input.Tags is null && input.PrimaryTagId is null ? "sql: no rows in result set" : "internal system error"
            );
        }

        var changed = transaction.Fill(marker, input);
        var tags = (input.Tags?.Apply(marker.TagIds) ?? marker.TagIds).Remove(changed.PrimaryTagId);
        if (tags.Count != marker.TagIds.Count && (input.Tags is not null || input.PrimaryTagId is not null))
        {
            transaction.RequireTags(tags, "scene_markers_tags");
            changed = changed with { TagIds = tags };
        }

        return transaction.Put(changed);
    }

    public static StashMarker DestroyMarker(this LibraryTransaction transaction, int id)
    {
        var marker = transaction.RequireMarker(id);
        transaction.State = transaction.State with { Markers = transaction.State.Markers.Remove(id) };
        return marker;
    }

    private static StashMarker Fill(this LibraryTransaction transaction, StashMarker marker, MarkerInput input)
    {
        var changed = marker with
        {
            SceneId = input.SceneId ?? marker.SceneId,
            Title = input.Title ?? marker.Title,
            Seconds = input.Seconds ?? marker.Seconds,
            EndSeconds = input.ClearEnd ? null : input.EndSeconds ?? marker.EndSeconds,
            PrimaryTagId = input.PrimaryTagId ?? marker.PrimaryTagId,
            UpdatedAt = transaction.Now,
        };
        return transaction.State.Scenes.ContainsKey(changed.SceneId) && transaction.State.Tags.ContainsKey(changed.PrimaryTagId)
            ? changed
            : throw LibraryTransaction.ForeignKey("updating scene_markers");
    }

    private static StashMarker RequireMarker(this LibraryTransaction transaction, int id) =>
        transaction.State.Markers.TryGetValue(id, out var marker)
            ? marker
            : throw new StashErrorException($"scene marker with id {id} not found");

    private static StashMarker Put(this LibraryTransaction transaction, StashMarker marker)
    {
        transaction.State = transaction.State with { Markers = transaction.State.Markers.SetItem(marker.Id, marker) };
        return marker;
    }

    private static string CleanTitle(this LibraryTransaction transaction, string title) =>
        transaction.Version >= StashVersion.Release30 ? title.Trim() : title;

    private static void RequireOrder(double seconds, double? endSeconds)
    {
        if (endSeconds < seconds)
        {
            throw new StashErrorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"end_seconds ({endSeconds:F6}) must be greater than or equal to seconds ({seconds:F6})"
                )
            );
        }
    }
}
