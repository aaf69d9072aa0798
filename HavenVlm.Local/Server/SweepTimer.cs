using HavenVlm.Core.Configuration;

namespace HavenVlm.Local.Server;

/// <summary>
/// Sweeps when the schedule says so, by the local clock, and looks at the request tags' counts in between. Follows the settings as
/// they change.
/// </summary>
/// <param name="sweep">Makes a sweep due.</param>
/// <param name="watch">Looks at the counts; true = a sweep was made due.</param>
/// <param name="settings">Whether and when.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where an outage is told.</param>
internal sealed class SweepTimer(
    Func<CancellationToken, Task> sweep,
    Func<CancellationToken, Task<bool>> watch,
    SettingsSource settings,
    TimeProvider time,
    ILogger<SweepTimer> logger
) : BackgroundService
{
    // As fine as a schedule can be; looking at the clock costs nothing, and clocks and settings change.
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(1);

    private string? _lastProblem;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset? looked = null;
        var scheduledFrom = time.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            var options = settings.Current.Sweep;
            var now = time.GetUtcNow();
            if (!options.Enabled)
            {
                (looked, scheduledFrom) = (null, now);
            }
            else if (Ncrontab.Parse(options.Schedule).Next(scheduledFrom, time.LocalTimeZone) <= now)
            {
                // What was missed while the machine slept is done once.
                (looked, scheduledFrom) = (now, now);
                await AttemptAsync(sweep, stoppingToken);
            }
            else if (options.Watch is { } every && (looked is null || looked + every <= now))
            {
                looked = now;
                await AttemptAsync(watch, stoppingToken);
            }

            await Task.Delay(Resolution, time, stoppingToken);
        }
    }

    private async Task AttemptAsync(Func<CancellationToken, Task> action, CancellationToken stoppingToken)
    {
        try
        {
            await action(stoppingToken);
            if (_lastProblem is not null)
            {
                logger.LogInformation("Request tags can be looked for again");
            }

            _lastProblem = null;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // An outage of a night is one line, not a thousand.
            if (!string.Equals(_lastProblem, e.Message, StringComparison.Ordinal))
            {
                logger.LogWarning("Request tags can not be looked for: {Reason}", e.Message);
            }

            _lastProblem = e.Message;
        }
    }
}
