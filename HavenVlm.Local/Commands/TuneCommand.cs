using System.CommandLine;
using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Editing;
using HavenVlm.Core.Markers.Tuning;
using HavenVlm.Core.Reports;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven tune</c>: finds the marker settings that come closest to the markers of a scene that the user corrected.</summary>
internal static class TuneCommand
{
    public static Command Create(CommandContext context, Option<string?> config)
    {
        var scene = new Option<string?>("--scene")
        {
            Description = "The scene, by its id in Stash. Without it the one with VLM_TuneMe, else the one with VLM_TagMe.",
            HelpName = "ID",
        };
        var write = new Option<bool>("--write")
        {
            Description = "Writes the settings into the configuration file and leaves the rest of it unchanged.",
        };
        var report = new Option<string?>("--report")
        {
            Description = "Writes a report with the markers before and after and how far confidence can be trusted.",
            HelpName = "FILE.html",
        };
        var json = JsonOption.Create();
        var wait = WaitOption.Create();
        var command = new Command("tune", "Finds marker settings from a scene whose markers you corrected.")
        {
            scene,
            write,
            report,
            wait,
            json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(scene) is { } id && StashIds.Problem("--scene", id) is { } problem)
            {
                result.AddError(problem);
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var choices = new Choices(
                    parsed.GetValue(scene),
                    parsed.GetValue(write),
                    parsed.GetValue(report),
                    parsed.GetValue(json),
                    parsed.GetValue(wait)
                );
                return RunAsync(context, context.Load(parsed.GetValue(config)), choices, cancellationToken);
            }
        );
        return command;
    }

    private static Task<int> RunAsync(
        CommandContext context,
        LoadedConfiguration configuration,
        Choices choices,
        CancellationToken cancellationToken
    )
    {
        OutputFile.Require(context, "--report", choices.Report);
        // Before anything is asked: a file that cannot be written is known at once.
        var editor = choices.Write ? ConfigurationEditor.Open(configuration, context.Environment) : null;
        return CommandWork.RunAsync(
            context,
            configuration,
            new CommandWorkOptions(choices.AsJson, choices.Waits, OutagePolicy.Everything),
            async (session, follow, token) =>
            {
                var id = await session.StartMarkerSettingsAsync(new MarkerSettingsRequest { SceneId = choices.Scene }, token);
                var ended = await follow(id);
                if (ended.RuntimeStatus is not nameof(RuntimeStatus.Completed))
                {
                    return () => RequestOutcome.Print(context.Terminal, [ended], choices.AsJson);
                }

                var result =
                    await session.GetMarkerSettingsAsync(id, token)
                    ?? throw new CommandException($"The result of {id} is gone from the data folder. Run it again.");
                if (choices.Report is { } report)
                {
                    await using var stream = File.Create(Path.Combine(context.Folder, report));
                    await result.WriteReportAsync(stream, context.Time.GetLocalNow(), token);
                }

                var isWritten = editor is not null && await editor.WriteTagsAsync(result.Changes, token);
                return () => Print(context.Terminal, result, configuration, choices, isWritten);
            },
            cancellationToken
        );
    }

    private static int Print(
        Terminal terminal,
        MarkerSettingsResult result,
        LoadedConfiguration configuration,
        Choices choices,
        bool isWritten
    )
    {
        if (choices.AsJson)
        {
            terminal.Print(JsonSerializer.Serialize(result, HavenJson.Options));
            return ExitCode.Done;
        }

        TuneOutcome.Print(terminal, result);
        if (isWritten)
        {
            terminal.Print($"Written to {configuration.File}. `haven tag --update --scene {result.SceneId}` makes the markers again.");
        }
        else if (result.Changes.Count > 0 && !choices.Write)
        {
            terminal.Print("`haven tune --write` puts this into the configuration file.");
        }

        return ExitCode.Done;
    }

    private sealed record Choices(string? Scene, bool Write, string? Report, bool AsJson, bool Waits);
}
