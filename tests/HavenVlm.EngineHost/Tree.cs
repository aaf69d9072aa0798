using System.Text.Json.Serialization;

namespace HavenVlm.EngineHost;

/// <summary>What a node of a <see cref="Tree"/> does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NodeKind>))]
public enum NodeKind
{
    /// <summary>An activity that returns the value.</summary>
    Activity,

    /// <summary>An activity that fails so many times first.</summary>
    Flaky,

    /// <summary>A timer of so many milliseconds.</summary>
    Timer,

    /// <summary>The children one after the other.</summary>
    Sequence,

    /// <summary>The children side by side.</summary>
    All,

    /// <summary>The children side by side, taken as they finish.</summary>
    AsTheyCome,

    /// <summary>The children one after the other, before a deadline that is far away and is cancelled then.</summary>
    Deadline,
}

/// <summary>A random orchestration whose result does not depend on who finishes first.</summary>
public sealed record Tree(NodeKind Kind, int Value, IReadOnlyList<Tree> Children)
{
    /// <summary>The result of an undisturbed run.</summary>
    public long Expected() =>
        Kind switch
        {
            NodeKind.Activity or NodeKind.Flaky => Value,
            NodeKind.Timer => 0,
            NodeKind.AsTheyCome => Children.Sum(child => child.Expected()),
            _ => Children.Aggregate(1L, (sum, child) => Mix(sum, child.Expected())),
        };

    /// <summary>Adds a result so that order matters.</summary>
    public static long Mix(long sum, long result) => ((sum * 31) + result) % 1_000_000_007;

    /// <summary>A tree of some depth.</summary>
    public static Tree Random(Random random, int depth)
    {
        if (depth == 0)
        {
            return (NodeKind)random.Next(3) switch
            {
                NodeKind.Flaky => new Tree(NodeKind.Flaky, random.Next(1, 3), []),
                var leaf => new Tree(leaf, random.Next(1, 15), []),
            };
        }

        var kind = (NodeKind)random.Next((int)NodeKind.Sequence, (int)NodeKind.Deadline + 1);
        return new Tree(kind, 0, [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Random(random, random.Next(depth)))]);
    }
}
