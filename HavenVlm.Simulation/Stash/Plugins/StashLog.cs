using System.Collections.Concurrent;

namespace HavenVlm.Simulation.Stash.Plugins;

/// <summary>A line of Stash's log.</summary>
/// <param name="Level">Such as <c>info</c>, <c>warning</c>, <c>error</c>.</param>
/// <param name="Message">What it says.</param>
public sealed record StashLogLine(string Level, string Message);

/// <summary>Stash's log.</summary>
internal sealed class StashLog
{
    private readonly ConcurrentQueue<StashLogLine> _lines = new();

    public IReadOnlyList<StashLogLine> Lines => [.. _lines];

    public void Add(string level, string message) => _lines.Enqueue(new StashLogLine(level, message));
}
