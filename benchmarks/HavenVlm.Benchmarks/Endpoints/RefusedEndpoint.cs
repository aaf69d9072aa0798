using System.Net;
using System.Net.Sockets;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Benchmarks.Endpoints;

/// <summary>The only primary endpoint refuses, or breaks every connection: how soon the fallback answers.</summary>
internal static class RefusedEndpoint
{
    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken) =>
        [
            Row.AtMost(
                "the endpoint refuses connections: first answer of the fallback",
                1,
                await Median.OfAsync(options.Runs, () => MeasureAsync(listens: false, cancellationToken)),
                " s"
            ),
            Row.AtMost(
                "the endpoint breaks connections: first answer of the fallback",
                1,
                await Median.OfAsync(options.Runs, () => MeasureAsync(listens: true, cancellationToken)),
                " s"
            ),
        ];

    private static async Task<double> MeasureAsync(bool listens, CancellationToken cancellationToken)
    {
        var broken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        broken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var breaking = listens ? BreakAsync(broken, end.Token) : Task.CompletedTask;
        await using var server = await ModelServer.StartAsync("fallback", 4, 10);
        var primary = new EndpointOptions
        {
            Name = "broken",
            BaseUrl = $"http://127.0.0.1:{((IPEndPoint)broken.LocalEndPoint!).Port}/v1",
            MaxConcurrent = 4,
        };
        await using var pool = new AskingPool(primary, AskingPool.Endpoint(server) with { IsFallback = true });

        var since = TimeProvider.System.GetTimestamp();
        var answered = await pool.AskAsync(cancellationToken);
        var took = TimeProvider.System.GetElapsedTime(since).TotalSeconds;
        await end.CancelAsync();
        await breaking;
        broken.Dispose();
        return answered ? took : throw new InvalidOperationException("the fallback did not answer");
    }

    private static async Task BreakAsync(Socket listener, CancellationToken cancellationToken)
    {
        listener.Listen();
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptAsync(cancellationToken);
                await connection.ReceiveAsync(new byte[1], cancellationToken);
                // Closing with a reset, not with an end.
                connection.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
        catch (OperationCanceledException)
        {
            // Measured.
        }
    }
}
