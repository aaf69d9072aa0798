using System.Globalization;
using System.Reflection;
using DurableTask.Core;

namespace HavenVlm.Functions.Tests.Workflows;

/// <summary>A task hub that hands out more work at once than the machine has processors, which is all that the in-memory one does.</summary>
public class ManyAtOnce : DispatchProxy
{
    private const int AtOnce = 64;

    private IOrchestrationService _inner = null!;

    /// <summary>Such a hub over another.</summary>
    public static IOrchestrationService Over(IOrchestrationService inner)
    {
        var hub = Create<IOrchestrationService, ManyAtOnce>();
        ((ManyAtOnce)(object)hub)._inner = inner;
        return hub;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name.StartsWith("get_MaxConcurrent", StringComparison.Ordinal)
            ? AtOnce
            : targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, binder: null, args, CultureInfo.InvariantCulture);
}
