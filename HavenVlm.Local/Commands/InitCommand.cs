using System.CommandLine;
using HavenVlm.Local.Commands.Init;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven init</c>: asks for Stash, the server of models and tags, tries them, and writes the configuration.</summary>
internal static class InitCommand
{
    public static Command Create(CommandContext context, Option<string?> config)
    {
        var stashUrl = Text("--stash-url", "URL", "Stash's address; without it the usual ones are tried.");
        var stashKeyFile = Text("--stash-key-file", "FILE", "A file with Stash's API key.");
        var stashKeyEnv = Text("--stash-key-env", "NAME", "An environment variable with Stash's API key.");
        var endpoint = Text(
            "--endpoint",
            "URL",
            "The model server, such as http://192.168.1.20:1234/v1; without it, the usual ones are tried."
        );
        var endpointKeyFile = Text("--endpoint-key-file", "FILE", "A file with the model server's key.");
        var endpointKeyEnv = Text("--endpoint-key-env", "NAME", "An environment variable with the model server's key.");
        var model = Text("--model", "NAME", "The model, as the server names it.");
        var tags = new Option<string[]>("--tag") { Description = "A tag, or NAME=MEANING; repeatable.", HelpName = "NAME" };
        var media = new Option<string[]>("--media-folder")
        {
            Description = "Where the media are on this machine, if Stash has another path for them; repeatable.",
            HelpName = "FOLDER",
        };
        var yes = new Option<bool>("--yes") { Description = "Asks nothing: uses the options and what it finds." };
        var force = new Option<bool>("--force") { Description = "Overwrites an existing configuration; a copy is kept." };
        var untried = new Option<bool>("--unchecked")
        {
            Description = "Tries neither Stash nor the model, for machines where they are off now.",
        };
        var command = new Command("init", "Asks for Stash, the model server and tags, tries them, and writes the configuration.")
        {
            stashUrl,
            stashKeyFile,
            stashKeyEnv,
            endpoint,
            endpointKeyFile,
            endpointKeyEnv,
            model,
            tags,
            media,
            yes,
            force,
            untried,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var secrets = new SecretSource(context);
                var options = new InitOptions
                {
                    StashUrl = parsed.GetValue(stashUrl),
                    StashKey = secrets.Read(
                        stashKeyFile.Name,
                        parsed.GetValue(stashKeyFile),
                        stashKeyEnv.Name,
                        parsed.GetValue(stashKeyEnv)
                    ),
                    Endpoint = parsed.GetValue(endpoint),
                    EndpointKey = secrets.Read(
                        endpointKeyFile.Name,
                        parsed.GetValue(endpointKeyFile),
                        endpointKeyEnv.Name,
                        parsed.GetValue(endpointKeyEnv)
                    ),
                    Model = parsed.GetValue(model),
                    Tags = parsed.GetValue(tags) ?? [],
                    MediaFolders = parsed.GetValue(media) ?? [],
                    Yes = parsed.GetValue(yes),
                    Force = parsed.GetValue(force),
                    Unchecked = parsed.GetValue(untried),
                };
                return new InitRun(context, options).RunAsync(parsed.GetValue(config), cancellationToken);
            }
        );
        return command;
    }

    private static Option<string?> Text(string name, string unit, string description) =>
        new(name) { Description = description, HelpName = unit };
}
