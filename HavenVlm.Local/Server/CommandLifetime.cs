namespace HavenVlm.Local.Server;

/// <summary>The command decides when a server ends; the usual lifetime would take Ctrl-C for itself.</summary>
internal sealed class CommandLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
