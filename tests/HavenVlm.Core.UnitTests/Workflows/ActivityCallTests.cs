using System.Text.RegularExpressions;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Workflows;

/// <summary>What holds for every activity, read from the sources.</summary>
public sealed partial class ActivityCallTests
{
    [Fact]
    public void Every_activity_is_called_with_a_retry_policy()
    {
        // Without one, a worker process that is killed in the cloud fails the orchestration at once.
        var workflows = Path.Combine(SourceFolder.Root, "HavenVlm.Core", "Workflows");
        var without =
            from file in Directory.EnumerateFiles(workflows, "*.cs", SearchOption.AllDirectories)
            where Path.GetFileName(file) is not ("ActivityRetry.cs" or "IOrchestrationContext.cs")
            from Match call in ActivityCall().Matches(File.ReadAllText(file))
            where !call.Value.Contains("RetryPolicies.", StringComparison.Ordinal)
            select $"{Path.GetFileName(file)}: {call.Value}";

        Assert.Equal([], without);
    }

    [GeneratedRegex("""\.CallActivityAsync<[^;]*;""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex ActivityCall();
}
