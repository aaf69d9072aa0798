using HavenVlm.Simulation.Stash.GraphQl;

namespace HavenVlm.Simulation.Stash.State;

/// <summary>One change of the database, made step by step and kept only if all of it succeeds.</summary>
internal sealed class LibraryTransaction(LibraryState state, StashVersion version, DateTimeOffset now)
{
    public LibraryState State { get; set; } = state;

    public StashVersion Version { get; } = version;

    /// <summary>The time that is written, in whole seconds as the database keeps it.</summary>
    public DateTimeOffset Now { get; } = new(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), now.Offset);

    public int NextId(string kind)
    {
        var id = State.NextIds.GetValueOrDefault(kind, 1);
        State = State with { NextIds = State.NextIds.SetItem(kind, id + 1) };
        return id;
    }

    /// <summary>The database's own refusal of a reference to nothing.</summary>
    public void RequireTags(IEnumerable<int> ids, string joinTable)
    {
        if (ids.Any(id => !State.Tags.ContainsKey(id)))
        {
            throw ForeignKey($"inserting into {joinTable}");
        }
    }

    public static StashErrorException ForeignKey(string doing) => new($"{doing}: FOREIGN KEY constraint failed");
}
