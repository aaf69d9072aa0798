using HavenVlm.Demo.Media;

[assembly: AssemblyFixture(typeof(HavenVlm.Core.Tests.Simulators.SampleVideosFixture))]

namespace HavenVlm.Core.Tests.Simulators;

/// <summary>The sample videos of this run: each made when the first test asks for it, all removed at the end.</summary>
public sealed class SampleVideosFixture : IAsyncDisposable
{
    private readonly Lazy<SampleVideos> _videos = new(() => new SampleVideos());

    public Task<SampleVideo> GetAsync(string name) => _videos.Value.GetAsync(name);

    public Task<SampleVideo> GetAsync(SampleScript script) => _videos.Value.GetAsync(script);

    public ValueTask DisposeAsync() => _videos.IsValueCreated ? _videos.Value.DisposeAsync() : ValueTask.CompletedTask;
}
