using System.Collections.Concurrent;
using HavenVlm.Local.Tests.Server;
using HavenVlm.Simulation.Stash;

[assembly: AssemblyFixture(typeof(SharedServers))]

namespace HavenVlm.Local.Tests.Server;

/// <summary>
/// Servers for tests that only ask: one for each configuration, started when the first test wants it, with an empty Stash. A test that starts
/// work, uses up tries with wrong keys or stops its server has one of its own.
/// </summary>
public sealed class SharedServers : IAsyncDisposable
{
    private readonly Lazy<Task<SimulatedStash>> _stash = new(() => SimulatedStash.StartAsync());
    private readonly ConcurrentDictionary<string, Lazy<Task<ServerFixture>>> _servers = new(StringComparer.Ordinal);

    /// <summary>A Stash without scenes, for servers of a test's own: they start at once.</summary>
    internal Task<SimulatedStash> StashAsync() => _stash.Value;

    /// <summary>The server whose section of the configuration holds these further lines.</summary>
    internal Task<ServerFixture> GetAsync(string server = "") =>
        _servers
            .GetOrAdd(
                server,
                lines => new Lazy<Task<ServerFixture>>(async () => await ServerFixture.StartAsync(server: lines, stash: await StashAsync()))
            )
            .Value;

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_servers.Values.Select(async server => await (await server.Value).DisposeAsync()));
        if (_stash.IsValueCreated)
        {
            await (await _stash.Value).DisposeAsync();
        }
    }
}
