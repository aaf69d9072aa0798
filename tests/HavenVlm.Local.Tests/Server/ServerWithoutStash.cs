namespace HavenVlm.Local.Tests.Server;

/// <summary>One server for all tests of a class; its Stash is away, so what is started stays as it is.</summary>
public sealed class ServerWithoutStash : IAsyncLifetime
{
    private ServerFixture? _server;

    /// <summary>The server.</summary>
    internal ServerFixture Server => _server!;

    public async ValueTask InitializeAsync() => _server = await ServerFixture.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
