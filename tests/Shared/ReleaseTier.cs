namespace HavenVlm.Tests.Shared;

/// <summary>
/// The tests that run before a release and every night (<c>./haven test --all</c>): tests and rows with <c>Explicit = true</c>, and longer
/// forms of others, which ask here.
/// </summary>
internal static class ReleaseTier
{
    /// <summary>Whether it runs.</summary>
    public static bool Runs { get; } = Environment.GetEnvironmentVariable("HAVEN_TEST_TIER") is "all";
}
