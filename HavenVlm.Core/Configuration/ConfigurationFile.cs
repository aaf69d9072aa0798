namespace HavenVlm.Core.Configuration;

/// <summary>Which file is the configuration.</summary>
public static class ConfigurationFile
{
    /// <summary>Environment variable that names the file.</summary>
    public const string Variable = "HAVEN_CONFIG";

    /// <summary>Its usual name.</summary>
    public const string DefaultName = "haven.yaml";

    /// <summary>
    /// The file asked for, else the one that <c>HAVEN_CONFIG</c> names, else <c>haven.yaml</c> in the current folder. Null when
    /// there is none of that name and the environment sets things instead, as in a container.
    /// </summary>
    /// <param name="asked">Path from the command line; null or empty = none.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="folder">The current folder.</param>
    public static string? Find(string? asked, IReadOnlyDictionary<string, string> environment, string folder)
    {
        if (!string.IsNullOrEmpty(asked))
        {
            return asked;
        }

        if (environment.TryGetValue(Variable, out var named) && named.Length > 0)
        {
            return named;
        }

        var isSetByEnvironment = environment.Keys.Any(key => key.StartsWith("HavenVlm__", StringComparison.OrdinalIgnoreCase));
        return File.Exists(Path.Combine(folder, DefaultName)) || !isSetByEnvironment ? DefaultName : null;
    }
}
