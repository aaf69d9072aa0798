using HavenVlm.Core.Configuration;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.UnitTests.Stash;

/// <summary>A client of the Stash at an address.</summary>
internal sealed class StashAt : IDisposable
{
    private readonly StashTransport _transport;

    public StashAt(string url, string key, TimeProvider? time = null)
    {
        Settings = new SettingsSource(
            new HavenOptions
            {
                Stash = new StashOptions { Url = url, ApiKey = key },
            }
        );
        _transport = new StashTransport(Settings, time ?? TimeProvider.System);
        Client = new StashClient(_transport, time ?? TimeProvider.System);
    }

    public SettingsSource Settings { get; }

    public StashClient Client { get; }

    public void Dispose() => _transport.Dispose();
}
