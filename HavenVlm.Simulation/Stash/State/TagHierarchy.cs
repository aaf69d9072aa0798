using HavenVlm.Simulation.Stash.GraphQl;

namespace HavenVlm.Simulation.Stash.State;

/// <summary>No tag may be above itself.</summary>
internal static class TagHierarchy
{
    /// <exception cref="StashErrorException">A tag would become its own ancestor.</exception>
    public static void Require(LibraryState state, int id)
    {
        var tag = state.Tags[id];
        foreach (var parent in tag.ParentIds)
        {
            if (state.Descendants(id, -1).Contains(parent))
            {
                var name = state.Tags[parent].Name;
                throw new StashErrorException(
                    $"cannot apply tag \"{name}\" as a parent of \"{tag.Name}\" as it is already a descendant ({tag.Name}->{name})"
                );
            }
        }
    }
}
