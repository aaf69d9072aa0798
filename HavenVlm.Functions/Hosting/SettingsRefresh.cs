using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Hosting;

/// <summary>
/// Keeps this instance of the app in step with the others: settings in the blob, and endpoints that a user paused through another
/// instance. Settings that became bad are told of and not used.
/// </summary>
internal sealed class SettingsRefresh(
    SettingsFile file,
    SettingsSource settings,
    EndpointControl endpoints,
    TimeProvider time,
    ILogger<SettingsRefresh> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private string? _lastProblem;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await CheckAsync(stoppingToken);
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await file.ReadChangeAsync(cancellationToken) is { } changed)
            {
                settings.Replace(changed);
                logger.LogInformation("The settings changed and are in force");
            }

            await endpoints.RestoreAsync(cancellationToken);
            _lastProblem = null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Once, not every fifteen seconds of an outage.
            if (!string.Equals(_lastProblem, e.Message, StringComparison.Ordinal))
            {
                logger.LogWarning("The settings stay as they are: {Reason}", e.Message);
            }

            _lastProblem = e.Message;
        }
    }
}
