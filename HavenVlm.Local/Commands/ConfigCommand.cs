using System.CommandLine;
using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Reference;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven config check|show|schema|import</c>: looks at the configuration, or makes one of the old plugin's.</summary>
internal static class ConfigCommand
{
    public static Command Create(CommandContext context, Option<string?> config)
    {
        var json = JsonOption.Create();
        var check = new Command("check", "Checks the configuration and lists every error with its line and how to fix it.") { json };
        check.SetAction(parsed => Check(context, parsed.GetValue(config), parsed.GetValue(json)));
        var show = new Command("show", "Prints the settings in force as YAML and where each was given; secrets as ***.");
        show.SetAction(parsed => context.Terminal.Output.Write(context.Load(parsed.GetValue(config)).Show()));
        var schema = new Command("schema", "Prints the JSON schema of the configuration, for editors.");
        schema.SetAction(_ => context.Terminal.Output.Write(ConfigurationSchema.Read()));
        return new Command("config", "Checks, prints or imports the configuration.") { check, show, schema, ImportCommand.Create(context) };
    }

    private static int Check(CommandContext context, string? asked, bool asJson)
    {
        if (!asJson)
        {
            var loaded = context.Load(asked);
            context.Terminal.Print($"{loaded.File ?? "The environment"} has no errors.");
            foreach (var missing in loaded.Missing)
            {
                context.Terminal.Print($"Still missing: {missing}");
            }

            return ExitCode.Done;
        }

        try
        {
            var loaded = context.Load(asked);
            PrintJson(context, new CheckResult(loaded.File, [], loaded.Missing));
            return ExitCode.Done;
        }
        catch (ConfigurationException e)
        {
            PrintJson(context, new CheckResult(null, e.Errors, []));
            return ExitCode.Usage;
        }
    }

    private static void PrintJson(CommandContext context, CheckResult result) =>
        context.Terminal.Print(JsonSerializer.Serialize(result, HavenJson.Options));

    private sealed record CheckResult(string? File, IReadOnlyList<ConfigurationError> Errors, IReadOnlyList<string> Missing);
}
