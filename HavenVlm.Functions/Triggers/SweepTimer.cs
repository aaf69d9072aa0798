using HavenVlm.Core.Api;
using HavenVlm.Core.Configuration;
using HavenVlm.Functions.Workflows;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Functions.Triggers;

/// <summary>Looks for request tags when the schedule says so.</summary>
/// <param name="services">Has what sweeps, which is internal to the product: the host creates public classes only.</param>
/// <param name="clients">Takes the client of the task hub.</param>
/// <param name="settings">Whether to.</param>
public sealed class SweepTimer(IServiceProvider services, DurableClients clients, SettingsSource settings)
{
    /// <summary>
    /// The schedule as the host finds it in the app settings, where <c>__</c> has become <c>:</c>. <see cref="Hosting.ScheduledFunctions"/>
    /// puts the schedule in force in its place before the host sees it.
    /// </summary>
    internal const string Schedule = "%HavenVlm:Sweep:Schedule%";

    /// <summary>Makes a sweep due, unless <c>sweep.enabled</c> is off. The host keeps to one run at a time over all instances.</summary>
    [Function(nameof(SweepTimer))]
    public async Task RunAsync(
        [TimerTrigger(Schedule)] TimerInfo timer,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellationToken
    )
    {
        clients.Use(client);
        if (settings.Current.Sweep.Enabled)
        {
            await services.GetRequiredService<SweepRequests>().StartAsync(cancellationToken);
        }
    }
}
