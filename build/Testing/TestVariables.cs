namespace HavenVlm.Build.Testing;

/// <summary>The environment and the options of a test program.</summary>
internal static class TestVariables
{
    /// <summary>The variable by which tests know whether the release tier runs: then it is <c>all</c>.</summary>
    public const string Tier = "HAVEN_TEST_TIER";

    /// <summary>The options for the tests of a tier: the release tier is what runs on demand only.</summary>
    public static IReadOnlyList<string> Options(bool releaseTier) => releaseTier ? ["-explicit", "on"] : [];

    /// <summary>The variables for the tests of a tier.</summary>
    public static Dictionary<string, string> Of(bool releaseTier)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            // Most programs under test live for seconds: compiling a method a second time, faster, costs more than it brings (hexadecimal).
            ["DOTNET_TieredPGO"] = "0",
            ["DOTNET_TC_CallCountThreshold"] = "2710",
        };
        if (releaseTier)
        {
            variables[Tier] = "all";
        }

        return variables;
    }
}
