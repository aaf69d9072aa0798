using System.CommandLine;
using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Reference;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven config check|show|schema|import</c>: looks at the configuration, or makes one of the old plugin's.</summary>
internal static class ConfigCommand
{
    public static Command Create(Surroundings surroundings, Option<string?> config)
    {
        var json = JsonOption.Create();
        var check = new Command("check", "Reads the configuration and names every mistake with its place and how to fix it.") { json };
        check.SetAction(parsed => Check(surroundings, parsed.GetValue(config), parsed.GetValue(json)));
        var show = new Command("show", "Prints the settings in force as YAML and where each was given; secrets as ***.");
        show.SetAction(parsed => surroundings.Terminal.Output.Write(surroundings.Load(parsed.GetValue(config)).Show()));
        var schema = new Command("schema", "Prints the JSON schema of the configuration, for editors.");
        schema.SetAction(_ => surroundings.Terminal.Output.Write(ConfigurationSchema.Read()));
        return new Command("config", "Looks at the configuration, or makes one of the Python plugin's.")
        {
            check,
            show,
            schema,
            ImportCommand.Create(surroundings),
        };
    }

    private static int Check(Surroundings surroundings, string? asked, bool asJson)
    {
        if (!asJson)
        {
            var loaded = surroundings.Load(asked);
            surroundings.Terminal.Print($"{loaded.File ?? "The environment"} has no mistakes.");
            foreach (var missing in loaded.Missing)
            {
                surroundings.Terminal.Print($"Still missing: {missing}");
            }

            return ExitCode.Done;
        }

        try
        {
            var loaded = surroundings.Load(asked);
            PrintJson(surroundings, new CheckResult(loaded.File, [], loaded.Missing));
            return ExitCode.Done;
        }
        catch (ConfigurationException e)
        {
            PrintJson(surroundings, new CheckResult(null, e.Errors, []));
            return ExitCode.Usage;
        }
    }

    private static void PrintJson(Surroundings surroundings, CheckResult result) =>
        surroundings.Terminal.Print(JsonSerializer.Serialize(result, HavenJson.Options));

    private sealed record CheckResult(string? File, IReadOnlyList<ConfigurationError> Errors, IReadOnlyList<string> Missing);
}
