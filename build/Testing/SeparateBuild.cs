using System.Text.RegularExpressions;
using HavenVlm.Build.Running;

namespace HavenVlm.Build.Testing;

/// <summary>Builds the projects that the solution leaves out in Release, the Functions app's, where their packages are to be had.</summary>
internal sealed partial class SeparateBuild(Screen screen, DotNet dotnet)
{
    /// <summary>Builds the project.</summary>
    /// <returns>Whether it was built; null if its packages are not available here.</returns>
    public async Task<bool?> BuildAsync(TestProject project, CancellationToken cancellation)
    {
        var restored = await dotnet.RunAsync(["restore", project.File, "-v", "quiet", "--nologo"], cancellation);
        if (!restored.IsSuccess)
        {
            return null;
        }

        var built = await screen.WatchAsync(
            $"Building {project.Name} ...",
            () => dotnet.BuildQuietlyAsync(project.File, ["--no-restore"], cancellation)
        );
        if (!built.IsSuccess && built.Lines.Any(LacksExtensions))
        {
            screen.Say("The extensions of the Functions host do not restore here: the app is built without them.");
            built = await dotnet.BuildQuietlyAsync(project.File, ["--no-restore", "-p:_FunctionsBuildEnabled=false"], cancellation);
        }

        if (!built.IsSuccess)
        {
            dotnet.ShowErrors(built);
        }

        return built.IsSuccess;
    }

    /// <summary>
    /// Whether a line of the build is NuGet's error about the generated project of the host's extensions. A registry with gaps may lack some
    /// although it has the worker's packages, or give versions that do not fit together: that is the registry's fault, all others are ours.
    /// </summary>
    internal static bool LacksExtensions(string line) => ExtensionError().IsMatch(line);

    [GeneratedRegex("WorkerExtensions.*error NU[0-9]", RegexOptions.None, 1000)]
    private static partial Regex ExtensionError();
}
