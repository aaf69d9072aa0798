using HavenVlm.Core.Workflows.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.UnitTests.Workflows;

/// <summary>What runs is declared in the registration of its folder, once.</summary>
public sealed class WorkflowDeclarationTests
{
    private static readonly IServiceCollection Services = new ServiceCollection().AddHavenCore();

    [Fact]
    public void Every_activity_is_in_the_container_and_the_catalog_has_as_many()
    {
        var activities = Implementations(typeof(IActivity<,>));

        Assert.All(activities, activity => Assert.Single(Services, s => s.ServiceType == activity));
        Assert.Equal(activities.Count, Catalog().Activities.Count);
    }

    [Fact]
    public void Every_orchestrator_is_in_the_catalog() =>
        Assert.Equal(Implementations(typeof(IOrchestrator<,>)).Count, Catalog().Orchestrators.Count);

    [Fact]
    public void The_types_of_input_and_output_are_those_of_the_activity()
    {
        var activity = Catalog().FindActivity(WorkflowNames.PrepareScene)!;

        Assert.Equal("PrepareSceneInput", activity.InputType.Name);
        Assert.Equal("ScenePreparation", activity.OutputType.Name);
    }

    private static WorkflowCatalog Catalog()
    {
        using var provider = Services.BuildServiceProvider();
        return provider.GetRequiredService<WorkflowCatalog>();
    }

    private static List<Type> Implementations(Type contract) =>
        [
            .. typeof(WorkflowCatalog)
                .Assembly.GetTypes()
                .Where(type => type.IsClass && type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == contract)),
        ];
}
