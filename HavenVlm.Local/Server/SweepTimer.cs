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

    private DateTimeOffset _scheduledFrom = time.GetUtcNow();
    private DateTimeOffset? _watched;
    private string? _lastProblem;

    /// <summary>Does what is due now.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var options = settings.Current.Sweep;
        var now = time.GetUtcNow();
        if (!options.Enabled)
        {
            (_watched, _scheduledFrom) = (null, now);
        }
        else if (Ncrontab.Parse(options.Schedule).Next(_scheduledFrom, time.LocalTimeZone) <= now)
        {
            // What was missed while the machine slept is done once.
            (_watched, _scheduledFrom) = (now, now);
            await AttemptAsync(sweep, cancellationToken);
        }
        else if (options.Watch is { } every && (_watched is null || _watched + every <= now))
        {
            _watched = now;
            await AttemptAsync(watch, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await LookAsync(stoppingToken);
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
