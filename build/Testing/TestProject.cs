using HavenVlm.Build.Running;

namespace HavenVlm.Build.Testing;

/// <summary>A project of tests; its name says its tier.</summary>
/// <param name="Name">Name of the project, such as HavenVlm.Core.UnitTests.</param>
/// <param name="File">Path of the project file.</param>
internal sealed record TestProject(string Name, string File)
{
    /// <summary>Whether its tests start no process and need no tool, so that each takes less than a second.</summary>
    public bool IsUnitTests => Name.EndsWith(".UnitTests", StringComparison.Ordinal);

    /// <summary>The built test program.</summary>
    public string Program => DotNet.ProgramOf(File);
}
