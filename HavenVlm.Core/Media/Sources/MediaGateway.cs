using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Media.Sources;

/// <summary>Opens media for ffmpeg: local files as they are, Stash's streams through a relay of our own, so that ffmpeg never sees a key.</summary>
internal sealed class MediaGateway : IDisposable
{
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly ILogger<MediaGateway> _logger;

    public MediaGateway(TimeProvider time, ILogger<MediaGateway> logger)
    {
        _time = time;
        _logger = logger;
        _handler = new SocketsHttpHandler
        {
            // Stash answers a wrong key with a redirect to its login page.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _http = new HttpClient(_handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Opens media. Whether it can be read shows when it is read.</summary>
    public Task<MediaInput> OpenAsync(MediaLocation location, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        MediaInput input = location switch
        {
            MediaLocation.LocalFile file => new LocalMediaInput(file.Path),
            MediaLocation.RemoteMedia remote => new RelayedMediaInput(new UpstreamMedia(_http, remote, _time), _logger),
            _ => throw new ArgumentException($"There is no way to open {location.GetType().Name}.", nameof(location)),
        };
        return Task.FromResult(input);
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }
}
