using System.Security.Cryptography;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Local.Server;

/// <summary>
/// Puts a changed configuration file in force; one with mistakes changes nothing and the log says what is wrong with it. Looks at the
/// content every second: notifications do not arrive from network drives, container mounts and replaced links.
/// </summary>
internal sealed class ConfigurationWatcher(
    LoadedConfiguration loaded,
    Func<LoadedConfiguration> load,
    SettingsSource settings,
    TimeProvider time,
    ILogger<ConfigurationWatcher> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private byte[] _inForce = [];
    private byte[] _seen = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (loaded.File is not { } file)
        {
            return;
        }

        _inForce = _seen = await HashAsync(file, stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await CheckAsync(file, stoppingToken);
        }
    }

    private async Task CheckAsync(string file, CancellationToken cancellationToken)
    {
        var hash = await HashAsync(file, cancellationToken);
        // Only what is the same twice is read: an editor may be half-way through writing it.
        var isSettled = hash.AsSpan().SequenceEqual(_seen);
        _seen = hash;
        if (!isSettled || hash.AsSpan().SequenceEqual(_inForce))
        {
            return;
        }

        _inForce = hash;
        try
        {
            Replace(load().Options);
        }
        catch (ConfigurationException e)
        {
            foreach (var error in e.Errors)
            {
                logger.LogError("{Mistake}", error.ToString());
            }

            logger.LogError("The changed configuration has errors; the previous settings stay in force");
        }
    }

    private void Replace(HavenOptions changed)
    {
        var before = settings.Current;
        settings.Replace(changed);
        logger.LogInformation("The changed configuration is in force");
        if (changed.Server with { PublicUrl = before.Server.PublicUrl, AllowedHosts = before.Server.AllowedHosts } != before.Server)
        {
            logger.LogWarning("server.listen and server.apiKey take effect at the next start");
        }

        if (changed.Storage with { KeepHistory = before.Storage.KeepHistory } != before.Storage)
        {
            logger.LogWarning("storage.dataDir takes effect at the next start");
        }
    }

    private static async Task<byte[]> HashAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return SHA256.HashData(await File.ReadAllBytesAsync(file, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone or locked for the moment of its replacement; reading it then says so if it stays so.
            return [];
        }
    }
}
