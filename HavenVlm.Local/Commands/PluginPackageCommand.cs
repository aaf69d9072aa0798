using System.CommandLine;
using HavenVlm.Local.Server.StashPlugin;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven plugin-package</c>: writes the plugin source for Stash into a folder.</summary>
internal static class PluginPackageCommand
{
    public static Command Create(CommandContext context)
    {
        var folder = new Argument<string>("folder") { Description = "Where index.yml and the zip files go; made when it is not there." };
        var command = new Command(
            "plugin-package",
            "Writes the Stash plugins and their index.yml into a folder, for a web server of your own."
        )
        {
            folder,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var source = PluginSource.Pack();
                var target = Path.Combine(context.Folder, parsed.GetValue(folder)!);
                await source.WriteAsync(target, cancellationToken);
                foreach (var package in source.Packages)
                {
                    context.Terminal.Print($"{Path.Combine(target, package.FileName)} {package.Version} {package.Sha256}");
                }

                context.Terminal.Print(Path.Combine(target, PluginSource.IndexName));
                return ExitCode.Done;
            }
        );
        return command;
    }
}
