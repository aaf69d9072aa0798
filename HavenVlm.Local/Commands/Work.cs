using HavenVlm.Core.Configuration;
using HavenVlm.Local.Commands.Progress;
using HavenVlm.Local.Sessions;

namespace HavenVlm.Local.Commands;

/// <summary>What the commands that have work done share: complete settings, a session, progress, and a clean end.</summary>
internal static class Work
{
    /// <summary>Runs work in a session.</summary>
    /// <param name="surroundings">Where the command runs.</param>
    /// <param name="configuration">The configuration; must be complete.</param>
    /// <param name="asJson">Whether only JSON is printed.</param>
    /// <param name="work">The work; returns the exit code printer.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl-C.</param>
    public static async Task<int> RunAsync(
        Surroundings surroundings,
        LoadedConfiguration configuration,
        bool asJson,
        Func<IHavenSession, ProgressView, CancellationToken, Task<Func<int>>> work,
        CancellationToken cancellationToken
    )
    {
        RequireComplete(configuration);
        var terminal = surroundings.Terminal;
        await using var session = await HavenSessions.OpenAsync(configuration.Options, terminal.Note, surroundings.Time, cancellationToken);
        try
        {
            Func<int> print;
            await using (var view = ProgressView.Open(surroundings, asJson))
            {
                print = await work(session, view, cancellationToken);
            }

            return print();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            terminal.Note(session.WhenInterrupted);
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Refuses settings with which nothing can be tagged.</summary>
    /// <exception cref="CommandException">Something is missing; all of it is named.</exception>
    public static void RequireComplete(LoadedConfiguration configuration)
    {
        if (configuration.Missing is { Count: > 0 } missing)
        {
            throw new CommandException(string.Join(System.Environment.NewLine, missing), ExitCode.Usage);
        }
    }
}
