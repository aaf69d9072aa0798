using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Stash;
using HavenVlm.Simulation.Stash.State;
using HavenVlm.Simulation.Vlm;

namespace HavenVlm.Local.Tests.Commands;

/// <summary>A simulated Stash with sample videos, a simulated model server, and a folder that is configured for both.</summary>
internal sealed class ModelAndStashFixture : IAsyncDisposable
{
    private readonly SampleVideos _videos;

    private ModelAndStashFixture(SampleVideos videos, SimulatedStash stash, SimulatedVlm vlm, string more)
    {
        _videos = videos;
        Stash = stash;
        Vlm = vlm;
        Place = new Workplace(Workplace.For(stash, vlm, more));
    }

    public SimulatedStash Stash { get; }

    public SimulatedVlm Vlm { get; }

    public Workplace Place { get; }

    public static async Task<ModelAndStashFixture> OpenAsync(
        VideosFixture videos,
        string more = "",
        VlmBehavior? behavior = null,
        SimulatedStashOptions? stash = null
    ) => new(videos.Videos, await SimulatedStash.StartAsync(stash), await SimulatedVlm.StartAsync(behavior), more);

    public async Task<string> VideoAsync(string name) => (await _videos.GetAsync(name)).Path;

    public async Task<int> AddSceneAsync(string name)
    {
        var path = await VideoAsync(name);
        var file = new StashFile(0, path, DateTimeOffset.UnixEpoch) { Size = new FileInfo(path).Length };
        return Stash.Library.AddScene(name, file).Id;
    }

    public async ValueTask DisposeAsync()
    {
        Place.Dispose();
        await Vlm.DisposeAsync();
        await Stash.DisposeAsync();
    }
}
