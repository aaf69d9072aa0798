using System.Collections;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Local.Commands;

/// <summary>What a command finds around it.</summary>
/// <param name="Environment">Environment variables.</param>
/// <param name="Folder">The current folder.</param>
/// <param name="Terminal">Where it prints.</param>
/// <param name="Time">The clock.</param>
internal sealed record CommandContext(IReadOnlyDictionary<string, string> Environment, string Folder, Terminal Terminal, TimeProvider Time)
{
    public static CommandContext OfProcess() =>
        new(
            System
                .Environment.GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal),
            Directory.GetCurrentDirectory(),
            Terminal.OfProcess(),
            TimeProvider.System
        );

    /// <summary>Reads the configuration.</summary>
    /// <param name="asked">The file from the command line; null = the usual one.</param>
    /// <exception cref="ConfigurationException">It has mistakes.</exception>
    public LoadedConfiguration Load(string? asked)
    {
        var file = ConfigurationFile.Find(asked, Environment, Folder);
        return ConfigurationLoader.Load(file is null ? null : Path.Combine(Folder, file), Environment, file);
    }
}
