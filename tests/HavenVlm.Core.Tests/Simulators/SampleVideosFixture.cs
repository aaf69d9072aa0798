using System.Collections.Concurrent;
using HavenVlm.Core.Tests.Simulators;
using HavenVlm.Simulation.Media;
using HavenVlm.Tests.Shared;

[assembly: AssemblyFixture(typeof(HavenVlm.Core.Tests.Simulators.SampleVideosFixture))]

namespace HavenVlm.Core.Tests.Simulators;

/// <summary>The sample videos that all runs share: each made when the first test asks for it.</summary>
public sealed class SampleVideosFixture : IAsyncDisposable
{
    private readonly Lazy<SampleVideos> _videos = new(() => new SampleVideos(cache: SampleVideoFolder.Shared));
    private readonly ConcurrentDictionary<(string Name, double Seconds), Lazy<Task<byte[]>>> _frames = new();

    public Task<SampleVideo> GetAsync(string name) => _videos.Value.GetAsync(name);

    public Task<SampleVideo> GetAsync(SampleScript script) => _videos.Value.GetAsync(script);

    /// <summary>A frame of a sample video as a small JPEG, taken once.</summary>
    public Task<byte[]> FrameAsync(string name, double seconds) =>
        _frames
            .GetOrAdd(
                (name, seconds),
                key => new Lazy<Task<byte[]>>(async () =>
                    await Ffmpeg.FrameAsync((await GetAsync(key.Name)).Path, key.Seconds, "scale=320:180")
                )
            )
            .Value;

    public ValueTask DisposeAsync() => _videos.IsValueCreated ? _videos.Value.DisposeAsync() : ValueTask.CompletedTask;
}
