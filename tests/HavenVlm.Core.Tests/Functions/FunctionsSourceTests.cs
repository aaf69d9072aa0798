using System.Text.RegularExpressions;
using HavenVlm.Core.Api;
using HavenVlm.Core.Tests.Configuration;
using HavenVlm.Core.Workflows;

namespace HavenVlm.Core.Tests.Functions;

/// <summary>
/// What is added to the product's tables is added to the Functions app, too. Read from its sources, because its packages do not restore
/// everywhere; where they do, HavenVlm.Functions.Tests asks the compiled app.
/// </summary>
public sealed partial class FunctionsSourceTests
{
    private static readonly string s_sources = string.Join(
        '\n',
        Directory
            .EnumerateFiles(Path.Combine(Configurations.Repository, "HavenVlm.Functions"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText)
    );

    [Fact]
    public void Every_call_of_the_API_is_an_HTTP_function()
    {
        var functions = HttpFunction()
            .Matches(s_sources)
            .Select(m => $"{m.Groups["name"]} {m.Groups["method"].Value.ToUpperInvariant()} {RouteOf(m)} {m.Groups["level"]}");

        var calls = ApiRoutes.All.Select(r => $"{r.Name} {r.Method} {r.Template} {(r.Anonymous ? "Anonymous" : "Function")}");
        Assert.Equal(calls.Order(StringComparer.Ordinal), functions.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_orchestrator_is_a_function() =>
        Assert.Equal(
            HavenWorkflows.CreateCatalog().Orchestrators.Select(o => o.Name).Order(StringComparer.Ordinal),
            Named(WorkflowFunction(), "OrchestrationTrigger")
        );

    [Fact]
    public void Every_activity_is_a_function() =>
        Assert.Equal(
            HavenWorkflows.CreateCatalog().Activities.Select(a => a.Name).Order(StringComparer.Ordinal),
            Named(WorkflowFunction(), "ActivityTrigger")
        );

    [Fact]
    public void Every_activity_is_called_with_a_retry_policy()
    {
        // Without one, a worker process that is killed in the cloud fails the orchestration at once.
        var workflows = Path.Combine(Configurations.Repository, "HavenVlm.Core", "Workflows");
        var without =
            from file in Directory.EnumerateFiles(workflows, "*.cs", SearchOption.AllDirectories)
            where Path.GetFileName(file) is not ("ActivityRetry.cs" or "IOrchestrationContext.cs")
            from Match call in ActivityCall().Matches(File.ReadAllText(file))
            where !call.Value.Contains("RetryPolicies.", StringComparison.Ordinal)
            select $"{Path.GetFileName(file)}: {call.Value}";

        Assert.Equal([], without);
    }

    private static IEnumerable<string> Named(Regex pattern, string trigger) =>
        pattern
            .Matches(s_sources)
            .Where(m => m.Groups["trigger"].Value.Equals(trigger, StringComparison.Ordinal))
            .Select(m => m.Groups["name"].Value)
            .Order(StringComparer.Ordinal);

    // The host takes an empty route for the function's name; the app says "nothing" in another way.
    private static string RouteOf(Match function) =>
        function.Groups["route"].Value is "{ignored:maxlength(0)?}" ? "" : function.Groups["route"].Value;

    [GeneratedRegex(
        """\[Function\(nameof\((?<name>\w+)\)\)\]\s*public Task<IResult> \k<name>\(\s*\[HttpTrigger\(AuthorizationLevel\.(?<level>\w+), "(?<method>\w+)", Route = "(?<route>[^"]*)"\)\] HttpRequest request,\s*\[DurableClient\] DurableTaskClient client\s*\)\s*=>\s*api\.AnswerAsync\(request, client\);""",
        RegexOptions.ExplicitCapture,
        5000
    )]
    private static partial Regex HttpFunction();

    [GeneratedRegex(
        """\[Function\(WorkflowNames\.(?<name>\w+)\)\]\s*public Task<JsonElement> \k<name>\(\s*\[(?<trigger>\w+)\][^;]*WorkflowNames\.\k<name>,[^;]*;""",
        RegexOptions.ExplicitCapture,
        5000
    )]
    private static partial Regex WorkflowFunction();

    [GeneratedRegex("""\.CallActivityAsync<[^;]*;""", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex ActivityCall();
}
