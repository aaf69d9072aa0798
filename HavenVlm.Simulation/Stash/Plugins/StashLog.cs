using System.Collections.Concurrent;

namespace HavenVlm.Simulation.Stash.Plugins;

/// <summary>A line of Stash's log.</summary>
/// <param name="Level">Such as <c>info</c>, <c>warning</c>, <c>error</c>.</param>
/// <param name="Message">What it says.</param>
public sealed record StashLogLine(string Level, string Message);

/// <summary>Stash's log.</summary>
internal sealed class StashLog
{
    private readonly ConcurrentQueue<StashLogLine> lines = new();

    public IReadOnlyList<StashLogLine> Lines => [.. lines];

    public void Add(string level, string message) => lines.Enqueue(new StashLogLine(level, message));
}
