namespace HavenVlm.Build.Running;

/// <summary>Finds programs as the shell does.</summary>
internal static class Executables
{
    private static readonly string[] Endings = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat"] : [""];

    /// <summary>Whether each of the programs is on the path.</summary>
    public static bool Has(params string[] names) => names.All(name => Find(name) is not null);

    /// <summary>The file of a program on the path, or of an absolute path; null if there is none.</summary>
    public static string? Find(string name) =>
        name.Length == 0 ? null
        : Path.IsPathRooted(name) ? (File.Exists(name) ? name : null)
        : (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Endings.Select(ending => Path.Combine(folder, name + ending)))
            .FirstOrDefault(File.Exists);

    /// <summary>On Windows, takes over what an installer has just put on the path; elsewhere nothing is needed.</summary>
    public static void RefreshPath()
    {
        if (OperatingSystem.IsWindows())
        {
            string?[] folders =
            [
                Environment.GetEnvironmentVariable("PATH"),
                Environment.GetEnvironmentVariable("PATH", EnvironmentVariableTarget.User),
                Environment.GetEnvironmentVariable("PATH", EnvironmentVariableTarget.Machine),
                Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "Microsoft", "WinGet", "Links"),
            ];
            Environment.SetEnvironmentVariable("PATH", string.Join(Path.PathSeparator, folders));
        }
    }
}
