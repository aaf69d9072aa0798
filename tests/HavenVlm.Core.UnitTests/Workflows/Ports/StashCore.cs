using HavenVlm.Core.Configuration;
using HavenVlm.Core.Storage;
using HavenVlm.Simulation.Stash;
using LibraryFile = HavenVlm.Simulation.Stash.State.StashFile;

namespace HavenVlm.Core.UnitTests.Workflows.Ports;

/// <summary>The product in the test's own process beside a simulated Stash: what activities do there, run by their names.</summary>
internal sealed class StashCore : IAsyncDisposable
{
    private readonly InProcessCore _core;

    private StashCore(SimulatedStash stash, Func<HavenOptions, HavenOptions>? change)
    {
        Stash = stash;
        _core = new InProcessCore(options =>
        {
            var withStash = options with
            {
                Stash = new StashOptions { Url = stash.Address, ApiKey = "key" },
            };
            return change?.Invoke(withStash) ?? withStash;
        });
    }

    public SimulatedStash Stash { get; }

    public StashLibrary Library => Stash.Library;

    public InstanceTable Instances => _core.Instances;

    public IArtifactStore Store => _core.Store;

    public static async Task<StashCore> OpenAsync(
        StashVersion version = StashVersion.New2026,
        Func<HavenOptions, HavenOptions>? change = null
    ) => new(await SimulatedStash.StartAsync(new SimulatedStashOptions { Version = version, ApiKey = "key" }), change);

    public T Get<T>()
        where T : notnull => _core.Get<T>();

    /// <inheritdoc cref="InProcessCore.RunAsync{TOutput}"/>
    public Task<TOutput> RunAsync<TOutput>(string activity, object input) => _core.RunAsync<TOutput>(activity, input);

    /// <summary>A scene with a file that does not exist, and these tags.</summary>
    public string AddScene(string title, params IReadOnlyList<string> tags)
    {
        var scene = Library.AddScene(
            title,
            new LibraryFile(0, $"/media/{title}.mp4", DateTimeOffset.UnixEpoch) { Duration = 60, Size = 1000 }
        );
        Library.TagScene(scene.Id, [.. tags.Select(tag => Library.EnsureTag(tag).Id)]);
        return $"{scene.Id}";
    }

    /// <summary>An image with these tags.</summary>
    public string AddImage(string title, params IReadOnlyList<string> tags)
    {
        var file = new LibraryFile(0, $"/media/{title}.jpg", DateTimeOffset.UnixEpoch) { IsVideo = false, Size = 1 };
        var image = Library.AddImage(title, file);
        Library.TagImage(image.Id, [.. tags.Select(tag => Library.EnsureTag(tag).Id)]);
        return $"{image.Id}";
    }

    public IReadOnlyList<string> TagsOf(string sceneId) =>
        Library.TagNamesOf(int.Parse(sceneId, System.Globalization.CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        await _core.DisposeAsync();
        Assert.Empty(Stash.Requests.NotSimulated);
        await Stash.DisposeAsync();
    }
}
