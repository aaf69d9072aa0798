using HavenVlm.Core.Configuration;

namespace HavenVlm.Local.Server;

/// <summary>
/// Sweeps when the schedule says so, by the local clock, and looks for new request tags in between. Follows the settings as they change.
/// A clock that is set back or forward delays neither: both also come due by the time that has passed.
/// </summary>
/// <param name="sweep">Makes a sweep due.</param>
/// <param name="watch">Looks at the counts; true = a sweep was made due.</param>
/// <param name="settings">Whether and when.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where an outage is logged.</param>
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

    // By so much clocks drift while a schedule is waited for; what is further away was set.
    private static readonly TimeSpan Drift = TimeSpan.FromMinutes(1);

    private Scheduled? _scheduled;
    private long? _watchedAt;
    private string? _lastProblem;

    /// <summary>Does what is due now.</summary>
    internal async Task CheckAsync(CancellationToken cancellationToken)
    {
        var options = settings.Current.Sweep;
        if (!options.Enabled)
        {
            (_watchedAt, _scheduled) = (null, null);
            return;
        }

        var now = time.GetUtcNow();
        if (_scheduled is null || !string.Equals(_scheduled.Schedule, options.Schedule, StringComparison.Ordinal))
        {
            _scheduled = Schedule(options.Schedule, now);
        }

        if (IsDue(_scheduled, now))
        {
            // What was missed while the machine slept is done once. One that came by the time passed does not come by the clock as well.
            var isEarly = _scheduled.At > now && _scheduled.At - now <= Drift;
            _scheduled = Schedule(options.Schedule, isEarly ? _scheduled.At!.Value : now);
            _watchedAt = time.GetTimestamp();
            await AttemptAsync(sweep, cancellationToken);
        }
        else if (options.Watch is { } every && (_watchedAt is null || time.GetElapsedTime(_watchedAt.Value) >= every))
        {
            _watchedAt = time.GetTimestamp();
            await AttemptAsync(watch, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await CheckAsync(stoppingToken);
            await Task.Delay(Resolution, time, stoppingToken);
        }
    }

    private Scheduled Schedule(string schedule, DateTimeOffset after)
    {
        var at = Ncrontab.Parse(schedule).Next(after, time.LocalTimeZone);
        return new Scheduled(schedule, at, time.GetTimestamp(), at - time.GetUtcNow());
    }

    private bool IsDue(Scheduled scheduled, DateTimeOffset now) =>
        scheduled.At <= now || time.GetElapsedTime(scheduled.From) >= scheduled.Wait;

    private async Task AttemptAsync(Func<CancellationToken, Task> action, CancellationToken stoppingToken)
    {
        try
        {
            await action(stoppingToken);
            if (_lastProblem is not null)
            {
                logger.LogInformation("Request tags can be checked again");
            }

            _lastProblem = null;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            // An outage of a night is one line, not a thousand.
            if (!string.Equals(_lastProblem, e.Message, StringComparison.Ordinal))
            {
                logger.LogWarning("Request tags cannot be checked: {Reason}", e.Message);
            }

            _lastProblem = e.Message;
        }
    }

    /// <summary>The next sweep by the schedule.</summary>
    /// <param name="Schedule">The schedule.</param>
    /// <param name="At">When, by the clock; null = never.</param>
    /// <param name="From">When this was found, as a timestamp.</param>
    /// <param name="Wait">How long it was until then.</param>
    private sealed record Scheduled(string Schedule, DateTimeOffset? At, long From, TimeSpan? Wait);
}
