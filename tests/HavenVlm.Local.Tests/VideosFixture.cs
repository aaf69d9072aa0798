using HavenVlm.Local.Tests;
using HavenVlm.Simulation.Media;
using HavenVlm.Tests.Shared;

[assembly: AssemblyFixture(typeof(HavenVlm.Local.Tests.VideosFixture))]

namespace HavenVlm.Local.Tests;

/// <summary>The sample videos, each made once for all runs; none of them changes a file.</summary>
public sealed class VideosFixture : IAsyncDisposable
{
    public SampleVideos Videos { get; } = new(cache: SampleVideoFolder.Shared);

    public ValueTask DisposeAsync() => Videos.DisposeAsync();
}
