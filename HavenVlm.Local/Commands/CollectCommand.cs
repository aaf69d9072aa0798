using System.CommandLine;
using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Collecting;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven collect</c>: exports what is marked as incorrect, ready to train a model with.</summary>
internal static class CollectCommand
{
    public static Command Create(CommandContext context, Option<string?> config)
    {
        var all = new Option<bool>("--all")
        {
            Description = "Exports right markers and images too, so that a model can be trained on both.",
        };
        var json = JsonOption.Create();
        var wait = WaitOption.Create();
        var command = new Command("collect", "Exports markers and images with VLM_Incorrect, then takes the tag off.") { all, wait, json };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var request = new CollectRequest { All = parsed.GetValue(all) };
                var asJson = parsed.GetValue(json);
                return CommandWork.RunAsync(
                    context,
                    context.Load(parsed.GetValue(config)),
                    new CommandWorkOptions(asJson, parsed.GetValue(wait), OutagePolicy.StashAndFfmpeg),
                    async (session, follow, token) =>
                    {
                        var id = await session.StartCollectAsync(request, token);
                        var ended = await follow(id);
                        return () => Print(context.Terminal, ended, asJson);
                    },
                    cancellationToken
                );
            }
        );
        return command;
    }

    private static int Print(Terminal terminal, InstanceResponse ended, bool asJson)
    {
        var output = EndedInstance.OutputOf<CollectOutput>(ended);
        if (asJson)
        {
            terminal.Print(JsonSerializer.Serialize(ended, HavenJson.Options));
        }
        else if (output is null)
        {
            EndedInstance.PrintEnd(terminal, ended);
        }
        else
        {
            PrintOutput(terminal, output);
        }

        return output is { Left.Count: 0 } ? ExitCode.Done : ExitCode.Failed;
    }

    private static void PrintOutput(Terminal terminal, CollectOutput output)
    {
        if (output.Folder.Length == 0)
        {
            terminal.Print("Nothing is marked as incorrect.");
            return;
        }

        foreach (var reason in output.Left)
        {
            terminal.Note($"Still marked: {reason}");
        }

        terminal.Print(
            $"{output.Markers} markers and {output.Images} images exported, {output.Right} right ones, {output.Examples} examples for fine-tuning."
        );
        terminal.Print($"{output.Deleted} markers deleted, the mark taken off {output.Untagged}. The export is in {output.Folder}");
    }
}
