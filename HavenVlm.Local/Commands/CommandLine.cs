using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Local.Engine.Journal;

namespace HavenVlm.Local.Commands;

/// <summary>The command line <c>haven</c>.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command line; everything that goes wrong becomes a message and an exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CommandContext context)
    {
        var terminal = context.Terminal;
        using var interruption = Interruption.Listen();
        var parsed = Create(context, interruption).Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            return await ExplainUsageAsync(parsed, terminal);
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

    // The mistakes alone: below the whole help nobody finds them.
    private static async Task<int> ExplainUsageAsync(ParseResult parsed, Terminal terminal)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count == 0 && command.Subcommands.Count > 0)
        {
            // Nothing but the name: the commands are what is asked for.
            await command.Parse(["--help"]).InvokeAsync(new InvocationConfiguration { Output = terminal.Error, Error = terminal.Error });
            return ExitCode.Usage;
        }

        var errors = parsed.Errors.Select(Text);
        if (parsed.UnmatchedTokens is [var token, ..] && command.Subcommands.Count > 0)
        {
            var names = command.Subcommands.Select(sub => sub.Name).ToList();
            var hint = NearestName.Of(token, names) is { } near ? $"did you mean {near}?" : $"there are {string.Join(", ", names)}.";
            errors = [$"Unknown command {token}; {hint}"];
        }

        foreach (var error in errors)
        {
            terminal.Note(error);
        }

        terminal.Note($"`{Path(parsed.CommandResult)} --help` shows what there is.");
        return ExitCode.Usage;
    }

    private static string Text(ParseError error)
    {
        var message = string.Join(' ', error.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return error.SymbolResult is OptionResult { Option.Name: var name } && !message.Contains(name, StringComparison.Ordinal)
            ? $"{name}: {message}"
            : message;
    }

    private static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : "haven";

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
            case PermanentFailureException
            or MediaUnavailableException
            or DataFolderInUseException
            or JournalException
            or UnauthorizedAccessException
            or IOException:
                terminal.Note(exception.Message);
                return ExitCode.Failed;
            default:
                terminal.Note($"Something unexpected happened: {exception.Message} ({exception.GetType().Name})");
                return ExitCode.Failed;
        }
    }

    /// <summary>The commands with their options.</summary>
    internal static RootCommand Create(CommandContext context, Interruption interruption)
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
            InitCommand.Create(context, config),
            ServeCommand.Create(context, config, interruption),
            TagCommand.Create(context, config),
            ImagesCommand.Create(context, config),
            SweepCommand.Create(context, config),
            PauseCommand.CreatePause(context, config),
            PauseCommand.CreateResume(context, config),
            TuneCommand.Create(context, config),
            CollectCommand.Create(context, config),
            UndoCommand.Create(context, config),
            AnalyzeCommand.Create(context, config),
            StatusCommand.Create(context, config),
            DoctorCommand.Create(context, config),
            ConfigCommand.Create(context, config),
            PluginSettingsCommand.Create(context, config),
            PluginPackageCommand.Create(context),
            DemoCommand.Create(context),
        };
    }
}
