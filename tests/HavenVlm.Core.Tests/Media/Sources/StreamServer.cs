using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HavenVlm.Core.Tests.Media.Sources;

/// <summary>A small real HTTP server that behaves as Stash's stream address does, or as badly as a test wants.</summary>
internal sealed class StreamServer : IAsyncDisposable
{
    public const string Key = "planted-key-5f1c";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly byte[] _content;
    private readonly Task _serving;

    public StreamServer(byte[] content)
    {
        _content = content;
        _listener.Start();
        Address = new Uri($"http://{_listener.LocalEndpoint}/scene/8/stream");
        _serving = ServeAllAsync();
    }

    public Uri Address { get; }

    /// <summary>Heads of all requests.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Answers with this status line and headers instead, while it is not null.</summary>
    public string? Refusal { get; set; }

    /// <summary>Breaks the connection after so many bytes of each answer.</summary>
    public int? BreakAfter { get; set; }

    /// <summary>Whether ranges are served.</summary>
    public bool HasRanges { get; set; } = true;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        await _serving;
        _closing.Dispose();
        _listener.Dispose();
    }

    private async Task ServeAllAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_closing.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
                while (await ReadHeadAsync(reader) is { } head)
                {
                    Requests.Enqueue(head);
                    if (!await AnswerAsync(stream, head))
                    {
                        client.LingerState = new LingerOption(enable: true, 0);
                        return;
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The other side hung up.
        }
    }

    private async Task<string?> ReadHeadAsync(StreamReader reader)
    {
        var head = new StringBuilder();
        while (await reader.ReadLineAsync(_closing.Token) is { } line)
        {
            if (line.Length == 0)
            {
                return head.ToString();
            }

            head.Append(line).Append('\n');
        }

        return null;
    }

    private async Task<bool> AnswerAsync(NetworkStream stream, string head)
    {
        if (Refusal is { } refusal)
        {
            await WriteAsync(stream, $"{refusal}\r\nContent-Length: 0\r\n\r\n");
            return true;
        }

        if (!head.Contains($"ApiKey: {Key}\n", StringComparison.OrdinalIgnoreCase))
        {
            await WriteAsync(stream, "HTTP/1.1 302 Found\r\nLocation: /login?returnURL=x\r\nContent-Length: 0\r\n\r\n");
            return true;
        }

        var (from, to) = (0, _content.Length - 1);
        var range = head.Split('\n').FirstOrDefault(line => line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase));
        var partial = HasRanges && range is not null;
        if (partial)
        {
            var parts = range![13..].Split('-');
            from = int.Parse(parts[0], CultureInfo.InvariantCulture);
            to = parts[1].Length > 0 ? Math.Min(to, int.Parse(parts[1], CultureInfo.InvariantCulture)) : to;
            if (from >= _content.Length)
            {
                await WriteAsync(
                    stream,
                    $"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */{_content.Length}\r\nContent-Length: 0\r\n\r\n"
                );
                return true;
            }
        }

        var length = to - from + 1;
        var status = partial ? $"206 Partial Content\r\nContent-Range: bytes {from}-{to}/{_content.Length}" : "200 OK";
        var ranges = HasRanges ? "Accept-Ranges: bytes\r\n" : "";
        await WriteAsync(stream, $"HTTP/1.1 {status}\r\n{ranges}Content-Type: video/mp4\r\nContent-Length: {length}\r\n\r\n");
        var sent = BreakAfter is { } most ? Math.Min(most, length) : length;
        await stream.WriteAsync(_content.AsMemory(from, sent), _closing.Token);
        return sent == length;
    }

    private async Task WriteAsync(NetworkStream stream, string text) =>
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), _closing.Token);
}
