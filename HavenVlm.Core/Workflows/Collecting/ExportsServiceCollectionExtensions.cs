using HavenVlm.Core.Workflows.Collecting.Exports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HavenVlm.Core.Workflows.Collecting;

/// <summary>Registers the folder beside it.</summary>
internal static class ExportsServiceCollectionExtensions
{
    /// <summary>Adds what writes exports; a host that limits where to brings its own <see cref="ExportRule"/> before.</summary>
    public static IServiceCollection AddExports(this IServiceCollection services)
    {
        services.TryAddSingleton(new ExportRule());
        return services.AddSingleton<MarkerPictures>().AddSingleton<MarkerExport>().AddSingleton<ImageExport>();
    }
}
