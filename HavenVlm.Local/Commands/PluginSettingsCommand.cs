using System.CommandLine;
using System.Text.Json;
using HavenVlm.Core;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Local.Engine.Journal;
using HavenVlm.Local.Server;
using HavenVlm.Local.Server.StashPlugin;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven plugin-settings</c>: what to enter in Stash so that its plugin reaches this service, or enters it.</summary>
internal static class PluginSettingsCommand
{
    private const string Plugin = "havenvlm";
    private const string File = "havenvlm.json";

    public static Command Create(CommandContext context, Option<string?> config)
    {
        var json = JsonOption.Create();
        var apply = new Option<bool>("--apply")
        {
            Description = "Writes them into Stash (v0.24 or newer) in place of printing what to do.",
        };
        var address = new Option<string?>("--address")
        {
            Description = "The address of this service as Stash reaches it, in place of the likeliest one.",
            HelpName = "URL",
        };
        var command = new Command("plugin-settings", "Prints what to enter in Stash for the Haven VLM plugin: the address and the key.")
        {
            json,
            apply,
            address,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                RunAsync(
                    context,
                    context.Load(parsed.GetValue(config)).Options,
                    new Choices(parsed.GetValue(json), parsed.GetValue(apply), parsed.GetValue(address)),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context,
        HavenOptions options,
        Choices choices,
        CancellationToken cancellationToken
    )
    {
        var settings = Read(context, options, choices.Address);
        if (choices.Apply)
        {
            return await ApplyAsync(context, options, settings, choices.AsJson, cancellationToken);
        }

        if (choices.AsJson)
        {
            PrintJson(context, settings);
        }
        else
        {
            Print(context.Terminal, settings);
        }

        return ExitCode.Done;
    }

    private static Settings Read(CommandContext context, HavenOptions options, string? asked)
    {
        var listen = ListenAddress.Parse(options.Server.Listen);
        var addresses = ServiceAddresses.Of(options, Port(options, listen), IsInContainer(context));
        if (asked is not null && !(Uri.TryCreate(asked, UriKind.Absolute, out var given) && given.Scheme is "http" or "https"))
        {
            throw new CommandException($"--address is \"{asked}\"; write it like http://192.168.1.20:7071.", ExitCode.Usage);
        }

        return new Settings
        {
            Address = asked?.TrimEnd('/') ?? addresses.Best,
            Key = ServerKeys.ForOthers(options.Server, listen.IsLoopback, options.Storage.DataDir),
            OtherAddresses = asked is null ? addresses.Others : [],
            Notes = asked is null ? addresses.Notes : [],
        };
    }

    private static int Port(HavenOptions options, ListenAddress listen)
    {
        if (listen.EndPoints[0].Port is not 0 and var port)
        {
            return port;
        }

        var running = DataFolderLock.TryReadHolder(options.Storage.DataDir)?.Address;
        return running is not null
            ? new Uri(running).Port
            : throw new CommandException(
                "server.listen names port 0, any free one: set a fixed port, or start `haven serve` and run this command again.",
                ExitCode.Usage
            );
    }

    private static bool IsInContainer(CommandContext context) =>
        context.Environment.ContainsKey("DOTNET_RUNNING_IN_CONTAINER")
        || System.IO.File.Exists("/.dockerenv")
        || System.IO.File.Exists("/run/.containerenv");

    private static void Print(Terminal terminal, Settings settings)
    {
        terminal.Print("In Stash, under Settings > Plugins > Haven VLM:");
        terminal.Print($"  Address of Haven VLM   {settings.Address}");
        terminal.Print($"  Key                    {(settings.Key.Length > 0 ? settings.Key : "(none is needed)")}");
        terminal.Print("");
        terminal.Print($"Before v0.24, or when Stash has no password, as the file {File} beside havenvlm.yml:");
        terminal.Print($"  {FileOf(settings)}");
        terminal.Print("");
        terminal.Print("The address depends on where Stash is:");
        foreach (var other in settings.OtherAddresses)
        {
            terminal.Print($"  {other.Url, -36} {other.When}");
        }

        foreach (var note in settings.Notes)
        {
            terminal.Print("");
            terminal.Print(note);
        }

        if (settings.Key.Length > 0)
        {
            terminal.Print("");
            terminal.Print("A Stash without a password shows its settings, the key too, to everybody on its network: use the file there.");
        }
    }

    private static async Task<int> ApplyAsync(
        CommandContext context,
        HavenOptions options,
        Settings settings,
        bool asJson,
        CancellationToken cancellationToken
    )
    {
        var services = new ServiceCollection();
        services.AddSingleton(context.Time);
        services.AddSingleton(new SettingsSource(options));
        services.AddLogging();
        services.AddHavenCore();
        await using var provider = services.BuildServiceProvider();
        var writer = provider.GetRequiredService<StashPluginSettings>();
        var outcome = await writer.WriteAsync(Plugin, settings.Address, settings.Key, cancellationToken);
        if (asJson)
        {
            PrintJson(context, settings with { Applied = outcome });
        }

        var terminal = context.Terminal;
        switch (outcome)
        {
            case PluginSettingsOutcome.Written:
                terminal.Note(
                    $"Stash at {options.Stash.Url} has the address {settings.Address}{(settings.Key.Length > 0 ? " and the key" : "")}."
                );
                return ExitCode.Done;
            case PluginSettingsOutcome.WrittenWithoutKey:
                terminal.Note(
                    $"Stash at {options.Stash.Url} has the address {settings.Address}, but not the key: this Stash has no password and would show it "
                        + $"to everybody on its network. Set one (Settings > Security), or write the key into {File} beside havenvlm.yml: {FileOf(settings)}"
                );
                return ExitCode.Failed;
            default:
                terminal.Note(
                    $"Stash at {options.Stash.Url} is older than v0.24 and keeps no settings of plugins. Write {File} beside havenvlm.yml: {FileOf(settings)}"
                );
                return ExitCode.Failed;
        }
    }

    private static string FileOf(Settings settings) => JsonSerializer.Serialize(new { settings.Address, settings.Key }, HavenJson.Options);

    private static void PrintJson(CommandContext context, Settings settings) =>
        context.Terminal.Print(JsonSerializer.Serialize(settings, HavenJson.Options));

    private sealed record Choices(bool AsJson, bool Apply, string? Address);

    private sealed record Settings
    {
        public required string Address { get; init; }

        public required string Key { get; init; }

        public IReadOnlyList<ServiceAddress> OtherAddresses { get; init; } = [];

        public IReadOnlyList<string> Notes { get; init; } = [];

        public PluginSettingsOutcome? Applied { get; init; }
    }
}
