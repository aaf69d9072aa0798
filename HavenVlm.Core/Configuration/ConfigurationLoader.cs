using System.Text;
using HavenVlm.Core.Configuration.Binding;

namespace HavenVlm.Core.Configuration;

/// <summary>Reads the configuration: a YAML (or JSON) file, then environment variables over it.</summary>
public static class ConfigurationLoader
{
    private const long MaxFileBytes = 4 * 1024 * 1024;

    /// <summary>Reads a file and the environment.</summary>
    /// <param name="file">Path of the file; null = the environment alone, relative paths resolve against the current folder.</param>
    /// <param name="environment">Environment variables; those that begin with <c>HavenVlm__</c> count.</param>
    /// <param name="displayName">How messages call the file; null = as the path is given.</param>
    /// <exception cref="ConfigurationException">The file is missing or anything in it or the environment is wrong.</exception>
    public static LoadedConfiguration Load(string? file, IReadOnlyDictionary<string, string> environment, string? displayName = null)
    {
        if (file is null)
        {
            return LoadText("", "environment", Directory.GetCurrentDirectory(), environment);
        }

        var name = displayName ?? file;
        return LoadText(ReadText(file, name), name, Path.GetDirectoryName(Path.GetFullPath(file))!, environment) with
        {
            File = Path.GetFullPath(file),
        };
    }

    /// <summary>Reads text as if it stood in a file.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="name">How messages call it.</param>
    /// <param name="folder">What relative paths resolve against.</param>
    /// <param name="environment">Environment variables; those that begin with <c>HavenVlm__</c> count.</param>
    /// <exception cref="ConfigurationException">Anything in it or the environment is wrong.</exception>
    public static LoadedConfiguration LoadText(string text, string name, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var whole = new ConfigMark(name, 0);
        var report = new BindingReport(whole);
        var (node, error) = YamlComposer.Compose(text, name, hasLines: true);
        if (error is not null)
        {
            report.Errors.Add(error);
        }

        if (node is not (null or MapNode or ScalarNode { IsNull: true }))
        {
            report.Add(node.Mark, "", $"allowed at the top are the keys {UnknownKey.Keys(SettingTree.Root)}");
        }

        var root = node as MapNode ?? new MapNode(whole);
        new EnvironmentOverlay(root, report).Apply(environment);
        var options = new OptionsBinder(report).Bind(root);
        OptionsRules.Check(options, report);
        if (report.Errors.Count > 0)
        {
            // In the order of the file, what comes from the environment last; equal lines stay as they were found.
            throw new ConfigurationException([
                .. report
                    .Errors.OrderBy(error => error.Line == 0 && !error.Source.Equals(name, StringComparison.Ordinal))
                    .ThenBy(error => error.Line),
            ]);
        }

        return new LoadedConfiguration(Resolve(options, folder), report.Marks);
    }

    private static string ReadText(string file, string name)
    {
        try
        {
            if (Directory.Exists(file))
            {
                throw Failure(name, "is a folder (name the file in it)");
            }

            var info = new FileInfo(file);
            return info.Length <= MaxFileBytes
                ? File.ReadAllText(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true))
                : throw Failure(name, $"has {info.Length} bytes, expected a YAML file of up to {MaxFileBytes}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Failure(name, "no such file (`haven init` writes one; --config takes another)");
        }
        catch (DecoderFallbackException)
        {
            throw Failure(name, "is not text in UTF-8 (save it so in the editor)");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure(name, $"cannot be read: {e.Message}");
        }
    }

    private static ConfigurationException Failure(string name, string message) => new([new ConfigurationError(name, 0, "", message)]);

    private static HavenOptions Resolve(HavenOptions options, string folder) =>
        options with
        {
            Stash = options.Stash with { PathMap = [.. options.Stash.PathMap.Select(map => map with { To = Absolute(map.To, folder) })] },
            Export = options.Export with { OutputDir = Absolute(options.Export.OutputDir, folder) },
            Storage = options.Storage with { DataDir = Absolute(options.Storage.DataDir, folder) },
        };

    private static string Absolute(string path, string folder) =>
        Path.IsPathRooted(path) ? path : Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, folder));
}
