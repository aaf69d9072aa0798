using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json;
using HavenVlm.Core;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis;
using HavenVlm.Local.Engine.Journal;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven doctor</c>: tries everything that tagging needs and says what to do about what does not work.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandContext context, Option<string?> config)
    {
        var json = JsonOption.Create();
        var command = new Command("doctor", "Tries everything that tagging needs and says what to do about what does not work.") { json };
        command.SetAction(
            (parsed, cancellationToken) => RunAsync(context, parsed.GetValue(config), parsed.GetValue(json), cancellationToken)
        );
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string? asked, bool asJson, CancellationToken cancellationToken)
    {
        var loaded = context.Load(asked);
        List<Finding> findings = [];
        await foreach (var finding in FindAsync(context, loaded, cancellationToken))
        {
            findings.Add(finding);
            if (!asJson)
            {
                context.Terminal.Print($"{Word(finding.Kind)} {finding.Subject}: {finding.Message}");
            }
        }

        if (asJson)
        {
            context.Terminal.Print(JsonSerializer.Serialize(findings, HavenJson.Options));
        }

        return findings.Exists(finding => finding.Kind == FindingKind.Failed) ? ExitCode.Failed : ExitCode.Done;
    }

    private static async IAsyncEnumerable<Finding> FindAsync(
        CommandContext context,
        LoadedConfiguration loaded,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        yield return new Finding("configuration", FindingKind.Good, $"{loaded.File ?? "the environment"} has no errors");
        if (ConfigurationPrivacy.Find(loaded) is { } open)
        {
            yield return open;
        }

        foreach (var missing in loaded.Missing)
        {
            yield return new Finding("configuration", FindingKind.Failed, $"still missing is {missing}");
        }

        var holder = DataFolderLock.TryReadHolder(loaded.Options.Storage.DataDir);
        yield return new Finding("server", FindingKind.Good, holder is null ? "none runs now" : $"the data folder is in use by {holder}");
        var services = new ServiceCollection();
        services.AddSingleton(context.Time);
        services.AddSingleton(new SettingsSource(loaded.Options));
        // What the parts log about the same troubles is in the findings.
        services.AddLogging();
        services.AddHavenCore();
        await using var provider = services.BuildServiceProvider();
        await foreach (var finding in provider.GetRequiredService<SystemDiagnosis>().RunAsync(cancellationToken))
        {
            yield return finding;
        }
    }

    private static string Word(FindingKind kind) =>
        kind switch
        {
            FindingKind.Good => "ok      ",
            FindingKind.Warning => "warning ",
            FindingKind.Failed => "FAILED  ",
            _ => "skipped ",
        };
}
