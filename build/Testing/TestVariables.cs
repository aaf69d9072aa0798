namespace HavenVlm.Build.Testing;

/// <summary>The environment of a test program.</summary>
internal static class TestVariables
{
    /// <summary>The variable by which tests know whether the release tier runs: then it is <c>all</c>.</summary>
    public const string Tier = "HAVEN_TEST_TIER";

    /// <summary>The variables for the tests of a project.</summary>
    public static Dictionary<string, string> Of(TestProject project, bool releaseTier)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        if (project.IsBuiltWithSolution)
        {
            // Most programs under test live for seconds: compiling a method a second time, faster, costs more than it brings (hexadecimal).
            variables["DOTNET_TieredPGO"] = "0";
            variables["DOTNET_TC_CallCountThreshold"] = "2710";
        }
        else
        {
            // The durable engine of the Functions app runs as many activities at once as it sees processors.
            variables["DOTNET_PROCESSOR_COUNT"] = "32";
        }

        if (releaseTier)
        {
            variables[Tier] = "all";
        }

        return variables;
    }
}
