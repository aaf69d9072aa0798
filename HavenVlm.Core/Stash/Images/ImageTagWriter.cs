using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Images;

/// <summary>Puts tags on images and takes them off: one request, images with the same change in one call of it.</summary>
internal static class ImageTagWriter
{
    // Stash runs a plugin hook for every image before it answers a call: a call of few images answers in time.
    private const int ImagesPerCall = 20;

    /// <summary>Writes; additions first. What is already so must be left out, it would cost a hook.</summary>
    /// <returns>When Stash says that each image was changed.</returns>
    /// <exception cref="StashException">Stash refused a call (an image or a tag is gone); the others happened.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> WriteAsync(
        StashClient client,
        IReadOnlyCollection<(string ImageId, IReadOnlyList<string> Add, IReadOnlyList<string> Remove)> changes,
        CancellationToken cancellationToken
    )
    {
        List<GraphQlCall> calls =
        [
            .. Grouped(changes.Select(change => (change.ImageId, change.Add))).Select(g => StashClient.AddImageTagsCall(g.Images, g.Tags)),
            .. Grouped(changes.Select(change => (change.ImageId, change.Remove)))
                .Select(g => StashClient.RemoveImageTagsCall(g.Images, g.Tags)),
        ];
        var updates = new Dictionary<string, string>(StringComparer.Ordinal);
        if (calls.Count > 0)
        {
            var results = (await client.SendAsync(calls, cancellationToken)).OrThrow();
            for (var call = 0; call < calls.Count; call++)
            {
                // An image is in two calls at most; the later one counts.
                foreach (var (id, at) in results.ReadUpdates(call))
                {
                    updates[id] = at;
                }
            }
        }

        return updates;
    }

    private static IEnumerable<(IReadOnlyList<string> Images, IReadOnlyList<string> Tags)> Grouped(
        IEnumerable<(string ImageId, IReadOnlyList<string> Tags)> changes
    ) =>
        changes
            .Where(change => change.Tags.Count > 0)
            .GroupBy(change => string.Join(',', change.Tags.Order(StringComparer.Ordinal)), StringComparer.Ordinal)
            .SelectMany(same =>
                same.Select(change => change.ImageId)
                    .Chunk(ImagesPerCall)
                    .Select(images => ((IReadOnlyList<string>)images, (IReadOnlyList<string>)same.Key.Split(',')))
            );
}
