using HavenVlm.Build.Running;

namespace HavenVlm.Build.Testing;

/// <summary>A project of tests; its name says its tier.</summary>
/// <param name="Name">Name of the project, such as HavenVlm.Core.UnitTests.</param>
/// <param name="File">Path of the project file.</param>
internal sealed record TestProject(string Name, string File)
{
    private const string ReleaseTier = "<TestTier>release</TestTier>";

    /// <summary>Whether its tests start no process and need no tool, so that each takes less than a second.</summary>
    public bool IsUnitTests => Name.EndsWith(".UnitTests", StringComparison.Ordinal);

    /// <summary>Whether all of it belongs to the release tier, which its file says.</summary>
    public bool IsReleaseTier =>
        System.IO.File.Exists(File) && System.IO.File.ReadAllText(File).Contains(ReleaseTier, StringComparison.Ordinal);

    /// <summary>The built test program.</summary>
    public string Program => DotNet.ProgramOf(File);
}
