using System.CommandLine;
using HavenVlm.Core.Configuration;
using HavenVlm.Local.Server;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven serve</c>: the HTTP API, the timers and all work, until it is stopped.</summary>
internal static class ServeCommand
{
    public static Command Create(CommandContext context, Option<string?> config, Interruption interruption)
    {
        var command = new Command("serve", "Serves the page and the HTTP API and processes request tags until it is stopped.");
        var wait = new Option<bool>("--wait")
        {
            Description = "Without a valid configuration, shows its errors on the page and waits, instead of ending; for containers.",
        };
        command.Options.Add(wait);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var asked = parsed.GetValue(config);
                try
                {
                    var loaded = parsed.GetValue(wait)
                        ? await new ConfigurationAwaiter(context).LoadAsync(asked, cancellationToken)
                        : context.Load(asked);
                    return await RunAsync(context, asked, loaded, interruption, cancellationToken);
                }
                catch (OperationCanceledException) when (interruption.IsBySystem)
                {
                    // Asked to end while it waited or started.
                    return ExitCode.Done;
                }
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context,
        string? asked,
        LoadedConfiguration loaded,
        Interruption interruption,
        CancellationToken cancellationToken
    )
    {
        var terminal = context.Terminal;
        foreach (var missing in loaded.Missing)
        {
            terminal.Note($"Still missing: {missing}");
        }

        foreach (var warning in await RemoteEndpoints.FindAsync(loaded.Options, cancellationToken))
        {
            terminal.Note(warning);
        }

        var start = new ServerStart(loaded, () => context.Load(asked), terminal.Note, context.Time);
        await using var server = await HavenServer.StartAsync(start, cancellationToken);
        foreach (var address in server.Addresses)
        {
            terminal.Print($"Listening on {address}");
        }

        await terminal.Output.FlushAsync(cancellationToken);
        var asksToStop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(asksToStop.SetResult);
        await asksToStop.Task;
        // Asked by the system to end, as a container or service is, and ended well: that is no failure.
        return interruption.IsBySystem ? ExitCode.Done : ExitCode.Interrupted;
    }
}
