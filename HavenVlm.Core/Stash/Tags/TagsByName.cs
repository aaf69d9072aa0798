using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Tags;

/// <summary>Tags by the name under which they are wanted.</summary>
internal static class TagsByName
{
    /// <summary>Both together; where a name is in both, the second one holds.</summary>
    public static IReadOnlyDictionary<string, StashTag> With(
        this IReadOnlyDictionary<string, StashTag> tags,
        IEnumerable<KeyValuePair<string, StashTag>> more
    )
    {
        var together = tags.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, tag) in more)
        {
            together[name] = tag;
        }

        return together;
    }
}
