using System.Collections.Immutable;
using System.Text.Json.Nodes;
using HavenVlm.Core.Configuration;
using HavenVlm.Functions.Triggers;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HavenVlm.Functions.Hosting;

/// <summary>
/// Tells the host about the app's functions with the sweep's schedule filled in: from app settings, from <c>haven.yaml</c>, or the default.
/// </summary>
/// <remarks>The host resolves <c>%…%</c> from app settings alone and disables a timer whose setting is absent.</remarks>
internal sealed class ScheduledFunctions(IFunctionMetadataProvider functions, SettingsSource settings) : IFunctionMetadataProvider
{
    /// <summary>Wraps the provider that the build generated.</summary>
    public static void AddTo(IServiceCollection services)
    {
        if (services.LastOrDefault(service => service.ServiceType == typeof(IFunctionMetadataProvider)) is not { } inner)
        {
            return;
        }

        services.Replace(
            ServiceDescriptor.Singleton<IFunctionMetadataProvider>(provider => new ScheduledFunctions(
                inner.ImplementationInstance as IFunctionMetadataProvider
                    ?? inner.ImplementationFactory?.Invoke(provider) as IFunctionMetadataProvider
                    ?? (IFunctionMetadataProvider)ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!),
                provider.GetRequiredService<SettingsSource>()
            ))
        );
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory)
    {
        var all = await functions.GetFunctionMetadataAsync(directory);
        return
        [
            .. all.Select(function =>
                string.Equals(function.Name, nameof(SweepTimer), StringComparison.Ordinal) ? WithSchedule(function) : function
            ),
        ];
    }

    private DefaultFunctionMetadata WithSchedule(IFunctionMetadata function) =>
        new()
        {
            Name = function.Name,
            Language = function.Language,
            EntryPoint = function.EntryPoint,
            ScriptFile = function.ScriptFile,
            Retry = function.Retry,
            RawBindings = [.. function.RawBindings?.Select(WithSchedule) ?? []],
        };

    private string WithSchedule(string binding)
    {
        if (JsonNode.Parse(binding) is not JsonObject json)
        {
            return binding;
        }

        foreach (var name in json.Where(property => IsPlaceholder(property.Value)).Select(property => property.Key).ToList())
        {
            json[name] = settings.Current.Sweep.Schedule;
        }

        return json.ToJsonString();
    }

    private static bool IsPlaceholder(JsonNode? value) =>
        value?.GetValueKind() == System.Text.Json.JsonValueKind.String
        && string.Equals(value.GetValue<string>(), SweepTimer.Schedule, StringComparison.OrdinalIgnoreCase);
}
