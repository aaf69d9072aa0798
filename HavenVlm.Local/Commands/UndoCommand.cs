using System.CommandLine;
using System.Text.Json;
using HavenVlm.Core.Api;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Undoing;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven undo</c>: takes back what was written to Stash.</summary>
internal static class UndoCommand
{
    public static Command Create(CommandContext context, Option<string?> config)
    {
        var scenes = new Option<string[]>("--scene") { Description = "A scene, by its id in Stash; repeatable.", HelpName = "ID" };
        var all = new Option<bool>("--all")
        {
            Description = "Everything that was ever written, and then the tags that were made for it and that nothing uses.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Changes nothing and prints what would be removed." };
        var json = JsonOption.Create();
        var wait = WaitOption.Create();
        var command = new Command("undo", "Removes from Stash the tags and markers that Haven VLM wrote and nobody changed.")
        {
            scenes,
            all,
            dryRun,
            wait,
            json,
        };
        command.Validators.Add(result =>
        {
            var ids = result.GetValue(scenes) ?? [];
            foreach (var problem in ids.Select(id => StashIds.Problem("--scene", id)).OfType<string>())
            {
                result.AddError(problem);
            }

            if (ids.Length > 0 == result.GetValue(all))
            {
                result.AddError("Say what to undo: either --scene ID, or --all. --dry-run shows what that would remove.");
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var request = new UndoRequest
                {
                    SceneIds = parsed.GetValue(scenes),
                    All = parsed.GetValue(all),
                    DryRun = parsed.GetValue(dryRun),
                };
                var asJson = parsed.GetValue(json);
                return CommandWork.RunAsync(
                    context,
                    context.Load(parsed.GetValue(config)),
                    new CommandWorkOptions(asJson, parsed.GetValue(wait), OutagePolicy.StashOnly),
                    async (session, follow, token) =>
                    {
                        var id = await session.StartUndoAsync(request, token);
                        var ended = await follow(id);
                        return () => Print(context.Terminal, ended, request.DryRun, asJson);
                    },
                    cancellationToken
                );
            }
        );
        return command;
    }

    private static int Print(Terminal terminal, InstanceResponse ended, bool dryRun, bool asJson)
    {
        var output = EndedInstance.OutputOf<UndoOutput>(ended);
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
            PrintOutput(terminal, output, dryRun);
        }

        return output is { Failed: 0 } ? ExitCode.Done : ExitCode.Failed;
    }

    private static void PrintOutput(Terminal terminal, UndoOutput output, bool dryRun)
    {
        foreach (var change in output.Changes)
        {
            terminal.Print(change);
        }

        if (dryRun && output.Markers + output.Tags > output.Changes.Count)
        {
            terminal.Print($"… and {output.Markers + output.Tags - output.Changes.Count} more.");
        }

        foreach (var line in output.LeftLines)
        {
            terminal.Print(line);
        }

        if (output.Left > output.LeftLines.Count)
        {
            terminal.Print($"… and {output.Left - output.LeftLines.Count} more stay.");
        }

        foreach (var failure in output.Failures)
        {
            terminal.Note($"{failure.Subject} could not be undone: {failure.Reason}");
        }

        var removed = dryRun ? "would be removed" : "removed";
        terminal.Print(
            $"{output.Markers} markers and {output.Tags} tags {removed} from {output.Done} scenes and images, {output.Skipped} had nothing of ours, {output.Failed} failed.{(output.Left > 0 ? $" {output.Left} written earlier stay, see above." : "")}"
        );
        if (output.RemovedTags.Count > 0)
        {
            terminal.Print(
                $"Tags {(dryRun ? "that would be removed if nothing else uses them" : "removed")}: {string.Join(", ", output.RemovedTags)}."
            );
        }

        if (output.KeptTags.Count > 0 && !dryRun)
        {
            terminal.Print($"Tags that stay, because something uses them or they were changed: {string.Join(", ", output.KeptTags)}.");
        }
    }
}
