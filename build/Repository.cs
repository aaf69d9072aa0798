namespace HavenVlm.Build;

/// <summary>The clone that the commands work on.</summary>
internal sealed class Repository(string root)
{
    /// <summary>Absolute path of the clone.</summary>
    public string Root => root;

    /// <summary>The solution file with every project.</summary>
    public string SolutionFile => At("HavenVlm.sln");

    /// <summary>The clone that holds a folder.</summary>
    /// <exception cref="BuildException">The folder is in no clone.</exception>
    public static Repository Find(string folder)
    {
        for (var parent = new DirectoryInfo(folder); parent is not null; parent = parent.Parent)
        {
            if (File.Exists(Path.Combine(parent.FullName, "HavenVlm.sln")))
            {
                return new Repository(parent.FullName);
            }
        }

        throw new BuildException($"No HavenVlm.sln above {folder}.");
    }

    /// <summary>A path below the clone.</summary>
    public string At(params string[] parts) => Path.Combine([root, .. parts]);
}
