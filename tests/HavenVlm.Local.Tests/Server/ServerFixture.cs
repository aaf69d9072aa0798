using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using HavenVlm.Core.Configuration;
using HavenVlm.Local.Server;
using HavenVlm.Simulation.Stash;

namespace HavenVlm.Local.Tests.Server;

/// <summary>A real server in this process, on a free port and a data folder of its own.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    private readonly HavenServer _server;
    private readonly ConcurrentQueue<string> _log;

    private ServerFixture(HavenServer server, string folder, ConcurrentQueue<string> log)
    {
        _server = server;
        _log = log;
        Folder = folder;
        Http = new HttpClient { BaseAddress = new Uri(Address) };
    }

    public string Folder { get; }

    public string DataFolder => Path.Combine(Folder, "data");

    public string Address => _server.Addresses[0].Replace("[::]", "127.0.0.1", StringComparison.Ordinal);

    public IReadOnlyList<string> Addresses => _server.Addresses;

    public HttpClient Http { get; }

    public IReadOnlyList<string> Log => [.. _log];

    /// <summary>Starts a server whose Stash is away.</summary>
    /// <param name="listen">Where it listens.</param>
    /// <param name="server">Further lines of its section of the configuration.</param>
    /// <param name="stash">A Stash that answers: a start waits for one that does not.</param>
    public static async Task<ServerFixture> StartAsync(
        string listen = "http://127.0.0.1:0",
        string server = "",
        SimulatedStash? stash = null
    )
    {
        var place = Directory.CreateTempSubdirectory("haven-server-").FullName;
        var log = new ConcurrentQueue<string>();
        LoadedConfiguration Load() =>
            ConfigurationLoader.LoadText(
                $$"""
                stash: { url: "{{stash?.Address ?? "http://127.0.0.1:9"}}" }
                server: { listen: "{{listen}}", {{server}} }
                sweep: { enabled: false }
                """,
                "haven.yaml",
                place,
                new Dictionary<string, string>()
            );
        var start = new ServerStart(Load(), Load, log.Enqueue, TimeProvider.System);
        return new ServerFixture(await HavenServer.StartAsync(start, CancellationToken.None), place, log);
    }

    /// <summary>Sends a request as it is written; gives the status line.</summary>
    public async Task<string> SendRawAsync(string request) => (await ExchangeAsync(request)).Split('\r')[0];

    /// <summary>Sends a request as it is written; gives everything that comes back.</summary>
    public async Task<string> ExchangeAsync(string request)
    {
        using var client = new TcpClient();
        var address = new Uri(Address);
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request.ReplaceLineEndings("\r\n")));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
