using System.CommandLine;
using System.Text;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Import;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven config import</c>: makes a configuration of the Python plugin's, which is read as data and never run.</summary>
internal static class ImportCommand
{
    private const int MaxShown = 40;

    public static Command Create(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "The plugin's haven_vlm_config.py." };
        var output = new Option<string>("--output")
        {
            Description = "The file to write; haven.yaml in the current folder when left out.",
            HelpName = "FILE",
            DefaultValueFactory = _ => "haven.yaml",
        };
        var force = new Option<bool>("--force") { Description = "Overwrites an existing file." };
        var command = new Command("import", "Makes a configuration of the Python plugin's haven_vlm_config.py; runs nothing in it.")
        {
            file,
            output,
            force,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(context, parsed.GetValue(file)!, parsed.GetValue(output)!, parsed.GetValue(force), cancellationToken)
        );
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context,
        string file,
        string output,
        bool force,
        CancellationToken cancellationToken
    )
    {
        var source = await ReadAsync(Path.Combine(context.Folder, file), file, cancellationToken);
        var target = Path.Combine(context.Folder, output);
        if (File.Exists(target) && !force)
        {
            throw new CommandException($"{output} already exists: choose another with --output, or replace it with --force.");
        }

        // Once to see which addresses there are, once with what is known about them.
        var addresses = new HashSet<string>(StringComparer.Ordinal);
        _ = ConfigurationImport.Read(source, Path.GetFileName(file), addresses.Add);
        var local = new HashSet<string>(StringComparer.Ordinal);
        foreach (var address in addresses)
        {
            if (await RemoteEndpoints.StaysLocalAsync(address, cancellationToken))
            {
                _ = local.Add(address);
            }
        }

        var import = ConfigurationImport.Read(source, Path.GetFileName(file), local.Contains);
        await WriteAsync(target, import.Yaml, force, cancellationToken);
        Print(context.Terminal, import, output);
        return ExitCode.Done;
    }

    private static async Task<string> ReadAsync(string path, string name, CancellationToken cancellationToken)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            throw new CommandException(
                $"{name}: no such file. It is haven_vlm_config.py in the plugin's folder, below plugins in Stash's configuration folder."
            );
        }

        return info.Length <= ConfigurationImport.MaxBytes
            ? await File.ReadAllTextAsync(path, cancellationToken)
            : throw new CommandException($"{name} has {info.Length} bytes: that is no configuration of the plugin.");
    }

    /// <summary>For its owner alone: there may be keys in it.</summary>
    private static async Task WriteAsync(string target, string yaml, bool force, CancellationToken cancellationToken)
    {
        var fresh = $"{target}.{Path.GetRandomFileName()}.tmp";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            await using (var stream = new FileStream(fresh, options))
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(yaml), cancellationToken);
            }

            File.Move(fresh, target, overwrite: force);
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    private static void Print(Terminal terminal, ConfigurationImport import, string output)
    {
        PrintList(terminal, "Taken:", import.Taken);
        PrintList(terminal, "Not taken:", import.NotTaken);
        foreach (var warning in import.Warnings)
        {
            terminal.Print($"Please check: {warning}");
        }

        foreach (var missing in import.Configuration.Missing)
        {
            terminal.Print($"Still missing: {missing}");
        }

        terminal.Print($"Written: {output}. Next: put in stash.url and stash.apiKey, then `haven doctor`.");
    }

    private static void PrintList(Terminal terminal, string title, IReadOnlyList<string> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        terminal.Print(title);
        foreach (var entry in entries.Take(MaxShown))
        {
            terminal.Print("  " + entry);
        }

        if (entries.Count > MaxShown)
        {
            terminal.Print($"  and {entries.Count - MaxShown} more, listed in the new file");
        }
    }
}
