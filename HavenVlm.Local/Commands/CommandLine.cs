using System.CommandLine;
using System.CommandLine.Invocation;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Workflows;
using HavenVlm.Local.Engine;

namespace HavenVlm.Local.Commands;

/// <summary>The command line <c>haven</c>.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command line; everything that goes wrong becomes a message and an exit code.</summary>
    public static async Task<int> RunAsync(string[] args, Surroundings surroundings)
    {
        var terminal = surroundings.Terminal;
        using var interruption = Interruption.Listen();
        var parsed = Create(surroundings, interruption).Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            await parsed.InvokeAsync(new InvocationConfiguration { Output = terminal.Error, Error = terminal.Error });
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Output,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                interruption.Token
            );
        }
        catch (Exception e)
        {
            return Explain(e, terminal, interruption);
        }
    }

    private static int Explain(Exception exception, Terminal terminal, Interruption interruption)
    {
        switch (exception)
        {
            case OperationCanceledException when interruption.Token.IsCancellationRequested:
                return ExitCode.Interrupted;
            case ConfigurationException e:
                foreach (var error in e.Errors)
                {
                    terminal.Note(error.ToString());
                }

                return ExitCode.Usage;
            case CommandException e:
                terminal.Note(e.Message);
                return e.ExitCode;
            case PermanentFailureException or DataFolderInUseException or JournalException or UnauthorizedAccessException or IOException:
                terminal.Note(exception.Message);
                return ExitCode.Failed;
            default:
                terminal.Note($"Something unexpected happened: {exception.Message} ({exception.GetType().Name})");
                return ExitCode.Failed;
        }
    }

    private static RootCommand Create(Surroundings surroundings, Interruption interruption)
    {
        var config = new Option<string?>("--config")
        {
            Description = "The configuration; without it $HAVEN_CONFIG, else haven.yaml in the current folder.",
            HelpName = "FILE",
            Recursive = true,
        };
        return new RootCommand("Tags the scenes of a Stash library with a vision-language model.")
        {
            config,
            ServeCommand.Create(surroundings, config, interruption),
            TagCommand.Create(surroundings, config),
            SweepCommand.Create(surroundings, config),
            AnalyzeCommand.Create(surroundings, config),
            StatusCommand.Create(surroundings, config),
            DoctorCommand.Create(surroundings, config),
            ConfigCommand.Create(surroundings, config),
            DemoCommand.Create(surroundings),
        };
    }
}
