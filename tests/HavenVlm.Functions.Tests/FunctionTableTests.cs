using HavenVlm.Core;
using HavenVlm.Core.Api;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Functions.Tests;

/// <summary>Both hosts answer the same calls and run the same workflows.</summary>
public sealed class FunctionTableTests
{
    [Fact]
    public void Every_call_is_a_function_with_its_name_method_path_and_key()
    {
        var functions = FunctionTable
            .With<HttpTriggerAttribute>()
            .Select(f =>
                $"{f.Name} {string.Join(',', f.Trigger.Methods!).ToUpperInvariant()} {Path(f.Trigger.Route)} {f.Trigger.AuthLevel}"
            );

        var calls = ApiRoutes.All.Select(r =>
            $"{r.Name} {r.Method} {r.Template} {(r.Anonymous ? AuthorizationLevel.Anonymous : AuthorizationLevel.Function)}"
        );
        Assert.Equal(calls.Order(StringComparer.Ordinal), functions.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_orchestrator_is_a_function() =>
        Assert.Equal(
            Catalog.Orchestrators.Select(o => o.Name).Order(StringComparer.Ordinal),
            FunctionTable.With<OrchestrationTriggerAttribute>().Select(f => f.Name).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Every_activity_is_a_function() =>
        Assert.Equal(
            Catalog.Activities.Select(a => a.Name).Order(StringComparer.Ordinal),
            FunctionTable.With<ActivityTriggerAttribute>().Select(f => f.Name).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void No_two_functions_have_the_same_name() =>
        Assert.Distinct(FunctionTable.All.Select(f => f.Name), StringComparer.OrdinalIgnoreCase);

    [Fact]
    public void Functions_can_be_created_by_the_host() =>
        Assert.All(
            FunctionTable.All.Select(f => f.Method.DeclaringType!).Distinct(),
            type => Assert.True(type.IsPublic && type.GetConstructors().Length == 1, $"{type.Name} needs one public constructor")
        );

    private static WorkflowCatalog Catalog =>
        new ServiceCollection().AddHavenCore().BuildServiceProvider().GetRequiredService<WorkflowCatalog>();

    // The host takes an empty route for the function's name; the app says "nothing" in another way.
    private static string Path(string? route) =>
        string.Equals(route, "{ignored:maxlength(0)?}", StringComparison.Ordinal) ? "" : route ?? "";
}
