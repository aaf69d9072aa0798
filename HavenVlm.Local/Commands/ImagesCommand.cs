using System.CommandLine;
using System.Text.Json;
using HavenVlm.Core;
using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows.Images;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven images</c>: analyses images and follows until they are done.</summary>
internal static class ImagesCommand
{
    public static Command Create(CommandContext context, Option<string?> config)
    {
        var images = new Option<string[]>("--image")
        {
            Description =
                "An image, by its id in Stash; repeatable. Without images: all with VLM_TagMe or VLM_UpdateMe, and all in galleries with one.",
            HelpName = "ID",
        };
        var force = new Option<bool>("--force") { Description = "Discards saved answers and asks everything again." };
        var reset = new Option<bool>("--reset") { Description = "Writes again what was removed in Stash." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Writes nothing to Stash and prints what would be written." };
        var json = JsonOption.Create();
        var wait = WaitOption.Create();
        var command = new Command("images", "Analyzes images and writes their tags.") { images, force, reset, dryRun, wait, json };
        command.Validators.Add(result =>
        {
            foreach (var problem in (result.GetValue(images) ?? []).Select(id => StashIds.Problem("--image", id)).OfType<string>())
            {
                result.AddError(problem);
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var request = new TagImagesRequest
                {
                    ImageIds = parsed.GetValue(images),
                    Force = parsed.GetValue(force),
                    Reset = parsed.GetValue(reset),
                    DryRun = parsed.GetValue(dryRun),
                };
                var configuration = context.Load(parsed.GetValue(config));
                var style = new CommandWorkOptions(parsed.GetValue(json), parsed.GetValue(wait), OutagePolicy.Everything);
                return RunAsync(context, configuration, request, style, cancellationToken);
            }
        );
        return command;
    }

    /// <summary>Prints what became of a request for images, whose JSON was printed already or is not asked for; whether all is well.</summary>
    public static bool PrintOutcome(Terminal terminal, InstanceResponse request, bool asJson)
    {
        var output = EndedInstance.OutputOf<TagImagesOutput>(request);
        if (asJson)
        {
            return output is { Failed: 0 };
        }

        if (output is null)
        {
            EndedInstance.PrintEnd(terminal, request);
            return false;
        }

        foreach (var change in output.Changes)
        {
            terminal.Print(change);
        }

        foreach (var failure in output.Failures)
        {
            terminal.Note($"Image {failure.ImageId} failed: {failure.Reason}");
        }

        terminal.Print($"Images: {output.Done} done, {output.Failed} failed, {output.Skipped} skipped.");
        return output.Failed == 0;
    }

    private static Task<int> RunAsync(
        CommandContext context,
        LoadedConfiguration configuration,
        TagImagesRequest request,
        CommandWorkOptions style,
        CancellationToken cancellationToken
    ) =>
        CommandWork.RunAsync(
            context,
            configuration,
            style,
            async (session, follow, token) =>
            {
                var id = await session.StartImagesAsync(request, token);
                var ended = await follow(id);
                return () => RequestOutcome.Print(context.Terminal, [ended], style.AsJson);
            },
            cancellationToken
        );
}
