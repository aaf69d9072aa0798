using System.Reflection;
using HavenVlm.Functions.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace HavenVlm.Functions.Tests;

/// <summary>The functions of the app as the host will see them.</summary>
internal static class FunctionTable
{
    /// <summary>Every method that is a function, by its name.</summary>
    public static IReadOnlyList<(string Name, MethodInfo Method)> All { get; } =
    [
        .. typeof(ApiCalls)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Select(method => (method.GetCustomAttribute<FunctionAttribute>()?.Name ?? "", method))
            .Where(function => function.Item1.Length > 0),
    ];

    /// <summary>The functions with a trigger of this kind.</summary>
    public static IEnumerable<(string Name, MethodInfo Method, T Trigger)> With<T>()
        where T : Attribute =>
        from function in All
        from parameter in function.Method.GetParameters()
        let trigger = parameter.GetCustomAttribute<T>()
        where trigger is not null
        select (function.Name, function.Method, trigger);
}
