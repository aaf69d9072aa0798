using HavenVlm.Local.Tests;
using HavenVlm.Simulation.Media;

[assembly: AssemblyFixture(typeof(HavenVlm.Local.Tests.VideosFixture))]

namespace HavenVlm.Local.Tests;

/// <summary>The sample videos, each made once for all tests; none of them changes a file.</summary>
public sealed class VideosFixture : IAsyncDisposable
{
    public SampleVideos Videos { get; } = new();

    public ValueTask DisposeAsync() => Videos.DisposeAsync();
}
