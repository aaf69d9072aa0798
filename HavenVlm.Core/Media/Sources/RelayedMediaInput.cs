using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using HavenVlm.Core.Media.Contracts;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Media.Sources;

/// <summary>
/// Media of Stash, relayed on loopback: a small HTTP server for this one file under a path that nobody can guess. It lives as long as this object.
/// </summary>
internal sealed class RelayedMediaInput : MediaInput
{
    private const int MaxConnections = 16;
    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(10);
    private readonly UpstreamMedia _upstream;
    private readonly ILogger _logger;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _connections = new(MaxConnections, MaxConnections);
    private readonly string _path = $"/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24))}";
    private readonly Task _accepting;
    private Exception? _failure;
    private long? _length;

    public RelayedMediaInput(UpstreamMedia upstream, ILogger logger)
    {
        _upstream = upstream;
        _logger = logger;
        _listener.Start(MaxConnections);
        Argument = $"http://{_listener.LocalEndpoint}{_path}";
        _accepting = AcceptAsync();
    }

    public override string Argument { get; }

    public override string Protocols => "http,tcp";

    public override bool IsRemote => true;

    public override string Name => _upstream.Name;

    public override Exception? TakeFailure() => Interlocked.Exchange(ref _failure, null);

    // Known as soon as anything was read.
    public override long? Length => _length;

    public override async Task<ReadOnlyMemory<byte>> ReadAtAsync(long offset, int count, CancellationToken cancellationToken)
    {
        using var response = await _upstream.OpenAsync(offset, offset + count - 1, cancellationToken);
        var isWhole = response.StatusCode == HttpStatusCode.OK;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable || (isWhole && offset > 0))
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        _length ??= isWhole ? response.Content.Headers.ContentLength : response.Content.Headers.ContentRange?.Length;

        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var head = new byte[count];
            var length = 0;
            int read;
            while (length < count && (read = await _upstream.ReadAsync(body, head.AsMemory(length), cancellationToken)) > 0)
            {
                length += read;
            }

            return head.AsMemory(0, length);
        }
        catch (IOException e)
        {
            throw new MediaUnavailableException($"Stash broke off while it delivered {Name}: {e.Message}", e);
        }
    }

    public override async Task CopyToAsync(IMediaSink sink, CancellationToken cancellationToken)
    {
        using var response = await _upstream.OpenAsync(0, to: null, cancellationToken);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return;
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[64 * 1024];
        while (true)
        {
            int read;
            try
            {
                read = await _upstream.ReadAsync(body, buffer, cancellationToken);
            }
            catch (IOException e)
            {
                throw new MediaUnavailableException($"Stash broke off while it delivered {Name}: {e.Message}", e);
            }

            if (read == 0)
            {
                return;
            }

            await sink.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        await _accepting;
        // Every connection gives its place back when it ends.
        for (var i = 0; i < MaxConnections; i++)
        {
            await _connections.WaitAsync();
        }

        _closing.Dispose();
        _connections.Dispose();
        _listener.Dispose();
        await base.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                await _connections.WaitAsync(_closing.Token);
                try
                {
                    var client = await _listener.AcceptTcpClientAsync(_closing.Token);
                    serving.RemoveAll(task => task.IsCompleted);
                    serving.Add(ServeAndCloseAsync(client));
                }
                catch
                {
                    _connections.Release();
                    throw;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAndCloseAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await ServeAndRecordFailureAsync(client);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // ffmpeg hangs up whenever it jumps to another place.
        }
        finally
        {
            _connections.Release();
        }
    }

    // The reason is known before the connection closes: whoever sees the end asks for it at once.
    private async Task ServeAndRecordFailureAsync(TcpClient client)
    {
        try
        {
            await ServeAsync(client.GetStream(), _closing.Token);
        }
        catch (Exception e) when (e is MediaException or MediaUnavailableException)
        {
            _logger.LogDebug("The relay could not go on: {Reason}", e.Message);
            _failure = e;
        }
    }

    private async Task ServeAsync(NetworkStream client, CancellationToken cancellationToken)
    {
        RelayRequest? request;
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            patience.CancelAfter(HeadTimeout);
            request = await RelayRequest.ReadAsync(client, patience.Token);
        }

        if (request is null || !IsOurs(request))
        {
            await client.WriteAsync(
                "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(),
                cancellationToken
            );
            return;
        }

        HttpResponseMessage response;
        try
        {
            // Always a range, so that it can be taken up again where it broke off.
            response = await _upstream.OpenAsync(request.From ?? 0, request.To, cancellationToken);
        }
        catch (Exception e) when (e is MediaException or MediaUnavailableException)
        {
            await client.WriteAsync(
                "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(),
                cancellationToken
            );
            throw;
        }

        await new RelayTransfer(_upstream, request, response).RunAsync(client, cancellationToken);
    }

    private bool IsOurs(RelayRequest request) =>
        string.Equals(request.Method, "GET", StringComparison.Ordinal)
        && CryptographicOperations.FixedTimeEquals(Encoding.Latin1.GetBytes(request.Path), Encoding.Latin1.GetBytes(_path));
}
