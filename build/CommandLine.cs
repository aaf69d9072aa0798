using System.CommandLine;
using System.CommandLine.Help;
using HavenVlm.Build.Benchmarking;
using HavenVlm.Build.Publishing;
using HavenVlm.Build.Running;
using HavenVlm.Build.Soaking;
using HavenVlm.Build.Testing;

namespace HavenVlm.Build;

/// <summary>The commands of a clone; <c>./haven</c> hands them over and shows <c>build/help</c> for their <c>--help</c>.</summary>
internal static class CommandLine
{
    /// <summary>Exit code of a command line that was not understood.</summary>
    private const int Usage = 2;

    /// <summary>Runs a command line; a mistake in it gives its message, without the whole help.</summary>
    public static async Task<int> RunAsync(string[] args, Screen screen, Repository repository)
    {
        var parsed = Create(screen, repository).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                screen.Say(error.Message);
            }

            screen.Say($"`./haven {parsed.CommandResult.Command.Name} --help` lists the options.");
            return Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (BuildException e)
        {
            screen.Say(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    /// <summary>The commands with their options.</summary>
    public static Command Create(Screen screen, Repository repository) =>
        new("haven", "What contributors run in a clone.")
        {
            new HelpOption(),
            TestCommand.Create(screen, repository),
            BenchCommand.Create(screen, repository),
            SoakCommand.Create(screen, repository),
            PublishCommand.Create(screen, repository),
        };
}
