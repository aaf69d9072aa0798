using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HavenVlm.Core.UnitTests.Stash;

/// <summary>A server that answers every request with the same bytes, whatever they are, and closes the connection.</summary>
internal sealed class CannedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private volatile byte[]? _answer;

    /// <summary>Null = read the request and say nothing.</summary>
    public CannedServer(string? answer)
    {
        _answer = answer is null ? null : Encoding.UTF8.GetBytes(answer);
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>What it answers from now on.</summary>
    public string Answer
    {
        set => _answer = Encoding.UTF8.GetBytes(value);
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The last request as it came.</summary>
    public string LastRequest { get; private set; } = "";

    public static string Http(int status, string body, string headers = "Content-Type: application/json\r\n") =>
        $"HTTP/1.1 {status} X\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                var stream = client.GetStream();
                LastRequest = await ReadRequestAsync(stream);
                if (_answer is null)
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                }

                await stream.WriteAsync(_answer, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or InvalidOperationException)
        {
            // The test is over, or the client went first.
        }
    }

    private async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[16384];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, _stop.Token);
            _ = text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            var all = text.ToString();
            var end = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (read == 0 || (end >= 0 && all.Length - end - 4 >= LengthOf(all)))
            {
                return all;
            }
        }
    }

    private static int LengthOf(string request)
    {
        const string Header = "content-length:";
        var at = request.IndexOf(Header, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(request[(at + Header.Length)..request.IndexOf('\r', at)]);
    }
}
