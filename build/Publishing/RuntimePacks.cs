using System.Text.Json;

namespace HavenVlm.Build.Publishing;

/// <summary>The parts of the .NET runtime that a self-contained program brings along.</summary>
internal static class RuntimePacks
{
    // What is named so is copied into the program; other downloads, such as the compiler's, are tools.
    private static readonly string[] Beginnings = ["Microsoft.NETCore.App.Runtime.", "Microsoft.AspNetCore.App.Runtime."];

    /// <summary>Reads the runtime packs of a <c>project.assets.json</c>; none if the SDK brings them itself.</summary>
    public static IEnumerable<Component> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. from framework in document.RootElement.GetProperty("project").GetProperty("frameworks").EnumerateObject()
            where framework.Value.TryGetProperty("downloadDependencies", out _)
            from pack in framework.Value.GetProperty("downloadDependencies").EnumerateArray()
            let name = pack.GetProperty("name").GetString()!
            where Beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal))
            // A range of one version: "[10.0.1, 10.0.1]".
            select new Component(name, pack.GetProperty("version").GetString()!.Trim('[', ']').Split(',')[0]),
        ];
    }
}
