using System.CommandLine;
using HavenVlm.Core.Api;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven tag</c>: analyses scenes and follows until they are done.</summary>
internal static class TagCommand
{
    public static Command Create(CommandContext context, Option<string?> config)
    {
        var scenes = new Option<string[]>("--scene")
        {
            Description = "A scene, by its id in Stash; repeatable. Without scenes or a filter: all with VLM_TagMe.",
            HelpName = "ID",
        };
        var filter = new Option<string?>("--filter") { Description = "The scenes that a saved filter of Stash shows.", HelpName = "NAME" };
        var update = new Option<bool>("--update")
        {
            Description = "Rebuilds with today's settings and asks only for missing answers; alone: all with VLM_UpdateMe.",
        };
        var force = new Option<bool>("--force") { Description = "Discards saved answers and asks everything again." };
        var reset = new Option<bool>("--reset") { Description = "Writes again what was deleted in Stash." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Writes nothing to Stash and prints what would be written." };
        var json = JsonOption.Create();
        var wait = WaitOption.Create();
        var command = new Command("tag", "Analyzes scenes and writes their tags and markers.")
        {
            scenes,
            filter,
            update,
            force,
            reset,
            dryRun,
            wait,
            json,
        };
        command.Validators.Add(result =>
        {
            // Asked for its value, an option without one throws; that it lacks one is reported anyway.
            var ids = result.GetResult(scenes)?.Tokens.Select(token => token.Value).ToList() ?? [];
            foreach (var problem in ids.Select(id => StashIds.Problem("--scene", id)).OfType<string>())
            {
                result.AddError(problem);
            }

            if (ids.Count > 0 && result.GetResult(filter) is not null)
            {
                result.AddError("--scene and --filter do not go together: give one of them.");
            }
        });
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var request = new TagScenesRequest
                {
                    SceneIds = parsed.GetValue(scenes),
                    Filter = parsed.GetValue(filter),
                    Force = parsed.GetValue(force),
                    Reset = parsed.GetValue(reset),
                    DryRun = parsed.GetValue(dryRun),
                };
                var configuration = context.Load(parsed.GetValue(config));
                var style = new CommandWorkOptions(parsed.GetValue(json), parsed.GetValue(wait), OutagePolicy.Everything);
                return RunAsync(context, configuration, request, parsed.GetValue(update), style, cancellationToken);
            }
        );
        return command;
    }

    private static Task<int> RunAsync(
        CommandContext context,
        Core.Configuration.LoadedConfiguration configuration,
        TagScenesRequest request,
        bool update,
        CommandWorkOptions style,
        CancellationToken cancellationToken
    ) =>
        CommandWork.RunAsync(
            context,
            configuration,
            style,
            async (session, follow, token) =>
            {
                var id = await session.StartScenesAsync(request, update, token);
                var ended = await follow(id);
                return () => RequestOutcome.Print(context.Terminal, [ended], style.AsJson, request.DryRun);
            },
            cancellationToken
        );
}
