using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>Adds the children of the tag named by <c>tagsFromStash</c>, with their Stash descriptions, to the tags looked for.</summary>
internal sealed class TagsOfStash(StashClient stash)
{
    public async Task<HavenOptions> AddToAsync(HavenOptions options, CancellationToken cancellationToken)
    {
        if (options.TagsFromStash.Length == 0)
        {
            return options;
        }

        var tags = new Dictionary<string, TagOptions>(options.Tags, StringComparer.OrdinalIgnoreCase);
        foreach (var tag in await stash.FindChildTagsAsync(options.TagsFromStash, cancellationToken))
        {
            // What the configuration says about a tag of that name counts.
            tags.TryAdd(tag.Name, new TagOptions { Description = tag.Description ?? "" });
        }

        return options with
        {
            Tags = tags,
        };
    }
}
