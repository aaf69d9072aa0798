using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Local.Commands.Progress;
using HavenVlm.Local.Sessions;

namespace HavenVlm.Local.Commands;

/// <summary>Follows an instance until it has ended.</summary>
internal delegate Task<InstanceResponse> Follow(string instanceId);

/// <summary>How a command's work is shown and waited for.</summary>
/// <param name="AsJson">Whether only JSON is printed.</param>
/// <param name="Waits">Whether outages are waited out.</param>
/// <param name="Needs">What the work depends on.</param>
internal sealed record CommandWorkOptions(bool AsJson, bool Waits, IReadOnlyList<string> Needs);

/// <summary>What the commands that have work done share: complete settings, a session, progress, and a clean end.</summary>
internal static class CommandWork
{
    /// <summary>Runs work in a session.</summary>
    /// <param name="context">Where the command runs.</param>
    /// <param name="configuration">The configuration; must be complete.</param>
    /// <param name="style">How it is shown and waited for.</param>
    /// <param name="work">The work: the session, and what follows an instance to its end; returns what prints the result.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl-C.</param>
    public static async Task<int> RunAsync(
        CommandContext context,
        LoadedConfiguration configuration,
        CommandWorkOptions style,
        Func<IHavenSession, Follow, CancellationToken, Task<Func<int>>> work,
        CancellationToken cancellationToken
    )
    {
        RequireComplete(configuration);
        var terminal = context.Terminal;
        await using var session = await HavenSessions.OpenAsync(configuration.Options, terminal.Note, context.Time, cancellationToken);
        try
        {
            Func<int> print;
            await using (var view = ProgressView.Open(context, style.AsJson))
            {
                var outages = new OutagePolicy(style.Needs, style.Waits, session.WhenStuck, terminal, context.Time);
                print = await work(
                    session,
                    id => InstanceFollower.FollowAsync(session, id, view, outages, context.Time, cancellationToken),
                    cancellationToken
                );
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
