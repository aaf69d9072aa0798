using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Tags;

namespace HavenVlm.Core.Workflows.Requests;

/// <summary>How many things carry a request tag.</summary>
/// <param name="TagMe">Scenes with VLM_TagMe.</param>
/// <param name="UpdateMe">Scenes with VLM_UpdateMe.</param>
/// <param name="Images">Images with one of them; with both they count twice.</param>
/// <param name="Galleries">Galleries with one of them; with both they count twice.</param>
internal sealed record RequestedCounts(int TagMe, int UpdateMe, int Images, int Galleries)
{
    public int Total => TagMe + UpdateMe + Images + Galleries;
}

/// <summary>Counts and when they were so.</summary>
internal sealed record CountedRequests(RequestedCounts Counts, DateTimeOffset At);

/// <summary>What carries a request tag in Stash.</summary>
internal sealed class RequestedScenes(StashClient stash, TagFamily family, TagRegistry registry, TimeProvider time)
{
    private volatile CountedRequests? _last;

    /// <summary>What was counted last, by whomever; null = nothing yet.</summary>
    public CountedRequests? Last => _last;

    /// <summary>Makes the tag family where it is missing.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => family.EnsureAsync(cancellationToken);

    /// <summary>
    /// The counts, in one small request. The family is made where it is missing, but for what undo removed: that comes back with the next
    /// scene or the next start.
    /// </summary>
    public async Task<RequestedCounts> CountAsync(CancellationToken cancellationToken)
    {
        var tags = await TagsAsync(cancellationToken);
        string[] wanted = [.. tags.Requests.Where(StashText.IsId)];
        var counts = wanted.Length == 0 ? [] : await stash.CountTagsAsync(wanted, cancellationToken);
        if (counts.Count < wanted.Length)
        {
            // A tag of the family was deleted or merged: the next look makes it again.
            family.Forget();
        }

        var requested = new RequestedCounts(
            Of(counts, tags.TagMe),
            Of(counts, tags.UpdateMe),
            counts.Sum(count => count.ImageCount),
            counts.Sum(count => count.GalleryCount)
        );
        _last = new CountedRequests(requested, time.GetUtcNow());
        return requested;
    }

    /// <summary>Ids of the scenes that carry a tag of the family; one that does not exist yet is on no scene.</summary>
    public IAsyncEnumerable<string> ListAsync(string tagId, CancellationToken cancellationToken) =>
        StashText.IsId(tagId) ? stash.FindSceneIdsByTagAsync(tagId, cancellationToken) : AsyncEnumerable.Empty<string>();

    /// <summary>The family; made where it is missing, but for what undo removed.</summary>
    public async Task<StashTagFamily> TagsAsync(CancellationToken cancellationToken)
    {
        if (family.Remembered is { } remembered)
        {
            return remembered;
        }

        return await registry.IsUndoneAsync(cancellationToken)
            ? await family.PreviewAsync(cancellationToken)
            : await family.EnsureAsync(cancellationToken);
    }

    /// <summary>The family as it is, for callers who may change nothing.</summary>
    public Task<StashTagFamily> PreviewTagsAsync(CancellationToken cancellationToken) => family.PreviewAsync(cancellationToken);

    private static int Of(IEnumerable<StashTagCount> counts, string id) =>
        counts.FirstOrDefault(c => string.Equals(c.Id, id, StringComparison.Ordinal))?.SceneCount ?? 0;
}
