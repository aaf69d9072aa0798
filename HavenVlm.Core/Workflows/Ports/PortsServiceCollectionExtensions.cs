using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Workflows.Ports;

/// <summary>Declares orchestrators and activities: one call each puts them into the container and into the <see cref="WorkflowCatalog"/>.</summary>
internal static class PortsServiceCollectionExtensions
{
    private const BindingFlags OwnMethods = BindingFlags.Static | BindingFlags.NonPublic;

    /// <summary>Adds the catalog of everything that <see cref="AddOrchestrator"/> and <see cref="AddActivity"/> declare, before or after.</summary>
    public static IServiceCollection AddWorkflowCatalog(this IServiceCollection services) =>
        services.AddSingleton(provider => new WorkflowCatalog(
            provider.GetServices<OrchestratorRegistration>(),
            provider.GetServices<ActivityRegistration>()
        ));

    /// <summary>Declares an orchestrator, which needs no services: it is created for every run.</summary>
    public static IServiceCollection AddOrchestrator<TOrchestrator>(this IServiceCollection services, string name)
        where TOrchestrator : class, new() =>
        services.AddSingleton(
            (OrchestratorRegistration)Describe(nameof(DescribeOrchestrator), typeof(TOrchestrator), typeof(IOrchestrator<,>), name)
        );

    /// <summary>Declares an activity, which is resolved from the container for every call.</summary>
    public static IServiceCollection AddActivity<TActivity>(this IServiceCollection services, string name)
        where TActivity : class =>
        services
            .AddTransient<TActivity>()
            .AddSingleton((ActivityRegistration)Describe(nameof(DescribeActivity), typeof(TActivity), typeof(IActivity<,>), name));

    /// <summary>Reads the types of input and output off the interface, so that nobody has to repeat them.</summary>
    private static object Describe(string method, Type type, Type contract, string name)
    {
        var implemented = type.GetInterfaces().Single(i => i.IsGenericType && i.GetGenericTypeDefinition() == contract);
        return typeof(PortsServiceCollectionExtensions)
            .GetMethod(method, OwnMethods)!
            .MakeGenericMethod([type, .. implemented.GenericTypeArguments])
            .Invoke(obj: null, [name])!;
    }

    private static OrchestratorRegistration DescribeOrchestrator<TOrchestrator, TInput, TOutput>(string name)
        where TOrchestrator : class, IOrchestrator<TInput, TOutput>, new() =>
        OrchestratorRegistration.Of<TInput, TOutput>(name, () => new TOrchestrator());

    private static ActivityRegistration DescribeActivity<TActivity, TInput, TOutput>(string name)
        where TActivity : class, IActivity<TInput, TOutput> => ActivityRegistration.Of<TActivity, TInput, TOutput>(name);
}
