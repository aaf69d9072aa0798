using HavenVlm.Build.Running;

namespace HavenVlm.Build.Tools;

/// <summary>Installs what the tests need and the machine lacks, where that asks for no password.</summary>
internal sealed class Toolbox(Repository repository, Screen screen)
{
    /// <summary>Version of the emulator of Azure's storage.</summary>
    private const string AzuriteVersion = "3.37.0";

    /// <summary>Makes sure that a tool is there.</summary>
    /// <exception cref="BuildException">It is needed and could not be installed; the message says how to do it by hand.</exception>
    public async Task NeedAsync(Tool tool, CancellationToken cancellation)
    {
        if (tool.IsHere())
        {
            return;
        }

        var manager = PackageManager.Find();
        var sets = manager is null ? [] : tool.Packages.GetValueOrDefault(manager.Program, []);
        var log = sets.Length == 0 ? [] : await InstallAsync(tool, manager!, sets, cancellation);
        if (tool.IsHere())
        {
            return;
        }

        foreach (var line in log.TakeLast(5))
        {
            screen.Say(line);
        }

        var how = sets.Length == 0 ? tool.Otherwise : $"Install it with:{Environment.NewLine}    {manager!.ByHand(sets[0])}";
        if (tool.Without is null)
        {
            throw new BuildException($"{tool.Name} is missing and could not be installed from here. {how}");
        }

        screen.Say($"{tool.Name} is missing: {tool.Without} {how}");
    }

    /// <summary>Makes sure that the emulator of Azure's storage is in <c>artifacts/tools</c>.</summary>
    /// <exception cref="BuildException">It could not be installed.</exception>
    public async Task NeedAzuriteAsync(CancellationToken cancellation)
    {
        var folder = repository.At("artifacts", "tools", "azurite");
        if (Executables.Has("node") && HasAzurite(folder))
        {
            return;
        }

        await NeedAsync(Tool.Node, cancellation);
        Directory.CreateDirectory(folder);
        string[] quiet = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
        var npm = new Invocation(
            Executables.Find("npm")!,
            ["install", "--prefix", folder, .. quiet, "azurite@" + AzuriteVersion],
            repository.Root
        );
        var ended = await screen.WatchAsync("Azurite is missing; installing it ...", () => ChildProcess.CaptureAsync(npm, cancellation));
        if (!HasAzurite(folder))
        {
            var last = string.Join(Environment.NewLine, ended.Lines.TakeLast(5));
            throw new BuildException(
                $"Azurite could not be installed from here: {last}{Environment.NewLine}Install it with:{Environment.NewLine}"
                    + $"    npm install --prefix {folder} azurite@{AzuriteVersion}"
            );
        }
    }

    private static bool HasAzurite(string folder)
    {
        var package = Path.Combine(folder, "node_modules", "azurite", "package.json");
        return File.Exists(package) && File.ReadAllText(package).Contains($"\"version\": \"{AzuriteVersion}\"", StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> InstallAsync(
        Tool tool,
        PackageManager manager,
        string[][] sets,
        CancellationToken cancellation
    )
    {
        if (await AsRootAsync(manager, cancellation) is not { } asRoot)
        {
            return [$"Only root may install {tool.Name}."];
        }

        var log = new List<string>();
        return await screen.WatchAsync(
            $"{tool.Name} is missing; installing it ...",
            async () =>
            {
                foreach (var command in sets.SelectMany(set => manager.Commands(set, asRoot)))
                {
                    var ended = await ChildProcess.CaptureAsync(new(command[0], command[1..], repository.Root), cancellation);
                    log.AddRange(ended.Lines);
                    Executables.RefreshPath();
                    if (tool.IsHere())
                    {
                        break;
                    }
                }

                return log;
            }
        );
    }

    // What makes a command root's without a password; null if nothing does.
    private async Task<string[]?> AsRootAsync(PackageManager manager, CancellationToken cancellation)
    {
        if (!manager.NeedsRoot || Environment.IsPrivilegedProcess)
        {
            return [];
        }

        if (!Executables.Has("sudo"))
        {
            return null;
        }

        var sudo = await ChildProcess.CaptureAsync(new("sudo", ["-n", "true"], repository.Root), cancellation);
        return sudo.IsSuccess ? ["sudo", "-n"] : null;
    }
}
