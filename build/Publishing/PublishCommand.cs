using System.CommandLine;
using HavenVlm.Build.Running;

namespace HavenVlm.Build.Publishing;

/// <summary><c>haven publish</c>: one file with everything in it but ffmpeg, beside it a list of what is inside.</summary>
internal static class PublishCommand
{
    /// <summary>How the program is published; the image does it alike.</summary>
    internal static readonly string[] Publish = ["publish", "HavenVlm.Local", "-c", "Release", "-r"];

    /// <summary>The command with its arguments.</summary>
    public static Command Create(Screen screen, Repository repository)
    {
        var system = new Argument<string?>("system")
        {
            Description = $"The system to publish for: {TargetSystem.Examples}; this machine's without it.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var folder = new Argument<string?>("folder")
        {
            Description = "Where to put it; artifacts/publish without it.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        system.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }, ..] && !TargetSystem.IsValid(name))
            {
                result.AddError($"Unknown system {name}: {TargetSystem.Examples}.");
            }
        });
        var command = new Command("publish", "Makes one file that needs neither .NET nor a clone, only ffmpeg.") { system, folder };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    screen,
                    repository,
                    parsed.GetValue(system) ?? TargetSystem.OfThisMachine(),
                    parsed.GetValue(folder) is { } path ? Path.GetFullPath(path) : repository.At("artifacts", "publish"),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        Screen screen,
        Repository repository,
        string system,
        string folder,
        CancellationToken cancellation
    )
    {
        var dotnet = new DotNet(repository, screen);
        var target = Path.Combine(folder, system);
        // Folders of its own, so that what is built for everyday use stays as it is.
        var work = Path.Combine(folder, ".build");
        string[] arguments = [.. Publish, system, "-o", target, "--artifacts-path", work, "-v", "quiet", "--nologo"];
        var published = await screen.WatchAsync($"Publishing for {system} ...", () => dotnet.RunAsync(arguments, cancellation));
        if (!published.IsSuccess)
        {
            dotnet.ShowErrors(published);
            screen.Say("Publishing failed.");
            return 1;
        }

        var packages = await File.ReadAllTextAsync(repository.At("HavenVlm.Local", "packages.lock.json"), cancellation);
        var assets = await File.ReadAllTextAsync(Path.Combine(work, "obj", "HavenVlm.Local", "project.assets.json"), cancellation);
        var software = LockedPackages.Read(packages).Concat(RuntimePacks.Read(assets));
        await File.WriteAllTextAsync(Path.Combine(target, "haven.cdx.json"), SoftwareList.Write("haven", software), cancellation);
        string[] names = ["haven", "haven.exe"];
        foreach (var program in names.Select(name => Path.Combine(target, name)).Where(File.Exists))
        {
            screen.Write(program);
        }

        return 0;
    }
}
