using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Probing;
using HavenVlm.Core.Media.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Core.Tests.Media;

/// <summary>The media services as the product registers them, and short ways to use them.</summary>
internal sealed class MediaParts : IAsyncDisposable
{
    public static readonly PictureSettings Pictures = new() { MaxImageSize = 768, Hwaccel = "none" };
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().AddMedia().BuildServiceProvider();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<MediaInput> OpenAsync(string path) =>
        Get<MediaGateway>().OpenAsync(new MediaLocation.LocalFile(path), CancellationToken.None);

    public async Task<VideoFacts> ProbeAsync(string path)
    {
        await using var input = await OpenAsync(path);
        return await Get<MediaProbe>().ProbeAsync(input, CancellationToken.None);
    }

    public async Task<List<VideoFrame>> ExtractAsync(
        string path,
        IReadOnlyList<TimeSpan> times,
        TimeSpan tolerance,
        PictureSettings? settings = null
    )
    {
        await using var input = await OpenAsync(path);
        var facts = await Get<MediaProbe>().ProbeAsync(input, CancellationToken.None);
        return await Get<FrameExtractor>()
            .ExtractAsync(input, facts, settings ?? Pictures, times, tolerance, CancellationToken.None)
            .ToListAsync();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
