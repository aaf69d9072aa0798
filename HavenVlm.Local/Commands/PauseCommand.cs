using System.CommandLine;
using System.Globalization;
using HavenVlm.Core.Configuration;
using HavenVlm.Local.Sessions;

namespace HavenVlm.Local.Commands;

/// <summary><c>haven pause</c> and <c>haven resume</c>: keeps the server's requests away from all model servers for a while.</summary>
internal static class PauseCommand
{
    /// <summary>Stops the server from asking the model servers.</summary>
    public static Command CreatePause(CommandContext context, Option<string?> config)
    {
        var length = new Option<string?>("--for")
        {
            Description = "How long, from 1m to 30d, such as 2h; without it until `haven resume`.",
            HelpName = "time",
        };
        var command = new Command("pause", "Sends no pictures to the model servers for a while; what is out is finished.") { length };
        command.SetAction(
            (parsed, cancellationToken) =>
                PauseAsync(context, context.Load(parsed.GetValue(config)), parsed.GetValue(length), cancellationToken)
        );
        return command;
    }

    /// <summary>Lets the server ask them again.</summary>
    public static Command CreateResume(CommandContext context, Option<string?> config)
    {
        var command = new Command("resume", "Uses the model servers again after `haven pause`.");
        command.SetAction((parsed, cancellationToken) => ResumeAsync(context, context.Load(parsed.GetValue(config)), cancellationToken));
        return command;
    }

    private static async Task<int> PauseAsync(
        CommandContext context,
        LoadedConfiguration configuration,
        string? length,
        CancellationToken cancellationToken
    )
    {
        var until = length is null ? (DateTimeOffset?)null : context.Time.GetUtcNow() + LengthOf(length);
        await using var server = await ServerAsync(context, configuration, cancellationToken);
        await server.PauseAsync(until, cancellationToken);
        var end = until is { } at
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"until {TimeZoneInfo.ConvertTime(at, context.Time.LocalTimeZone):yyyy-MM-dd HH:mm}"
            )
            : "until `haven resume`";
        context.Terminal.Print($"The model servers are paused {end}. Work waits and nothing is lost.");
        return ExitCode.Done;
    }

    private static async Task<int> ResumeAsync(
        CommandContext context,
        LoadedConfiguration configuration,
        CancellationToken cancellationToken
    )
    {
        await using var server = await ServerAsync(context, configuration, cancellationToken);
        await server.ResumeAsync(cancellationToken);
        context.Terminal.Print("The model servers are used again.");
        return ExitCode.Done;
    }

    private static TimeSpan LengthOf(string text) =>
        DurationText.TryParse(text, out var length, out _) && length >= TimeSpan.FromMinutes(1) && length <= TimeSpan.FromDays(30)
            ? length
            : throw new CommandException($"--for {text}: expected a time from 1m to 30d, such as 90m or 2h.", ExitCode.Usage);

    private static async Task<ServerSession> ServerAsync(
        CommandContext context,
        LoadedConfiguration configuration,
        CancellationToken cancellationToken
    ) =>
        await HavenSessions.FindServerAsync(configuration.Options, context.Time, cancellationToken)
        ?? throw new CommandException(
            $"No server runs on {configuration.Options.Storage.DataDir}, so there is nothing to pause or resume. `haven serve` starts one."
        );
}
