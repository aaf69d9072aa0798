using HavenVlm.Core.Stash.Tags;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Core.Workflows.Running;

namespace HavenVlm.Core.Workflows.Undoing;

/// <summary>Removes the tags that we made in Stash and that nothing uses any more.</summary>
internal sealed class RemoveCreatedTagsActivity(CreatedTags tags) : IActivity<RemoveCreatedTagsInput, CreatedTagsOutput>
{
    private const int NamesKept = 100;

    public Task<CreatedTagsOutput> RunAsync(RemoveCreatedTagsInput input, CancellationToken cancellationToken) =>
        StashOutagePolicy.RunAsync(() => RemoveAsync(input, cancellationToken));

    private async Task<CreatedTagsOutput> RemoveAsync(RemoveCreatedTagsInput input, CancellationToken cancellationToken)
    {
        var (removed, kept) = await tags.RemoveUnusedAsync(input.DryRun, cancellationToken);
        return new CreatedTagsOutput([.. removed.Take(NamesKept)], [.. kept.Take(NamesKept)]);
    }
}
