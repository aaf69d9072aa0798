namespace HavenVlm.Benchmarks;

/// <summary>One line of the result.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Goal">The goal in words.</param>
/// <param name="Measured">The measured value in words.</param>
/// <param name="Passed">Whether the goal was reached.</param>
/// <param name="Value">The measured value; null = it could not be measured.</param>
internal sealed record Row(string What, string Goal, string Measured, bool Passed, double? Value)
{
    /// <summary>A value that must not be larger.</summary>
    public static Row AtMost(string what, double goal, double value, string unit, string format = "0.###") =>
        new(what, $"<= {goal.ToString(format)}{unit}", $"{value.ToString(format)}{unit}", value <= goal, value);

    /// <summary>A value that must not be smaller.</summary>
    public static Row AtLeast(string what, double goal, double value, string unit, string format = "0.###") =>
        new(what, $">= {goal.ToString(format)}{unit}", $"{value.ToString(format)}{unit}", value >= goal, value);
}

/// <summary>Measures some rows.</summary>
/// <param name="Name">What <c>--only</c> names.</param>
/// <param name="RunAsync">Measures.</param>
internal sealed record Benchmark(string Name, Func<BenchmarkOptions, CancellationToken, Task<IReadOnlyList<Row>>> RunAsync);

/// <summary>How much is measured.</summary>
/// <param name="IsFull">Longer and more often.</param>
internal sealed record BenchmarkOptions(bool IsFull)
{
    /// <summary>Runs of which the median counts, where noise matters.</summary>
    public int Runs => IsFull ? 5 : 3;
}
