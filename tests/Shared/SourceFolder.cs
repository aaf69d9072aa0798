namespace HavenVlm.Tests.Shared;

/// <summary>Where the sources are: tests compare documents and files of the repository with the program.</summary>
internal static class SourceFolder
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HavenVlm.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("HavenVlm.sln is in no folder above the tests.");
        }

        return folder.FullName;
    }
}
