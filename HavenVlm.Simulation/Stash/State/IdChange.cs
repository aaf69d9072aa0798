using System.Collections.Immutable;

namespace HavenVlm.Simulation.Stash.State;

/// <summary>How a bulk update changes a list of ids.</summary>
internal enum IdChangeMode
{
    Set,
    Add,
    Remove,
}

internal sealed record IdChange(IdChangeMode Mode, IReadOnlyList<int> Ids)
{
    public ImmutableSortedSet<int> Apply(ImmutableSortedSet<int> present) =>
        Mode switch
        {
            IdChangeMode.Set => [.. Ids],
            IdChangeMode.Add => present.Union(Ids),
            _ => present.Except(Ids),
        };

    /// <summary>The ids that the change writes, which must exist.</summary>
    public IEnumerable<int> Written => Mode == IdChangeMode.Remove ? [] : Ids;
}
