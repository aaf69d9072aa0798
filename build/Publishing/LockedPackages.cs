using System.Text.Json;

namespace HavenVlm.Build.Publishing;

/// <summary>The packages of a lock file that are part of the program.</summary>
internal static class LockedPackages
{
    /// <summary>Reads a <c>packages.lock.json</c>.</summary>
    public static IEnumerable<Component> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. from framework in document.RootElement.GetProperty("dependencies").EnumerateObject()
            from package in framework.Value.EnumerateObject()
            // Projects of the clone have no version; analyzers read the sources and are not in the program.
            where package.Value.TryGetProperty("resolved", out _) && !package.Name.Contains("Analyzer", StringComparison.Ordinal)
            select new Component(package.Name, package.Value.GetProperty("resolved").GetString()!),
        ];
    }
}

/// <summary>A NuGet package inside the program.</summary>
internal sealed record Component(string Name, string Version)
{
    /// <summary>Its package URL.</summary>
    public string Purl => $"pkg:nuget/{Name}@{Version}";
}
