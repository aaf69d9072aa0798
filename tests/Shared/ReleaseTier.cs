namespace HavenVlm.Tests.Shared;

/// <summary>
/// The tests that run before a release and every night (<c>./haven test --all</c>): tests and rows with <c>Explicit = true</c>, and longer
/// forms of others, which ask here.
/// </summary>
internal static class ReleaseTier
{
    /// <summary>Whether it runs.</summary>
    public static bool Runs { get; } = Environment.GetEnvironmentVariable("HAVEN_TEST_TIER") is "all";

    /// <summary>
    /// Distances between the times at which a film is looked at: all of them in the release tier, otherwise the middle one, which skips some
    /// pictures and decodes others.
    /// </summary>
    public static IReadOnlyList<double> Steps(params double[] all) => Runs ? all : [all[all.Length / 2]];

    /// <summary>The distance between times that are looked at one by one; three times as far apart otherwise.</summary>
    public static double Step(double close) => Runs ? close : 3 * close;
}
