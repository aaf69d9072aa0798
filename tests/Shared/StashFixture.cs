using HavenVlm.Core;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Storage;
using HavenVlm.Simulation.Stash;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SceneFile = HavenVlm.Simulation.Stash.State.StashFile;

namespace HavenVlm.Tests.Shared;

/// <summary>A simulated Stash with one scene, a folder of records, and everything that speaks to Stash, as a host puts it together.</summary>
internal sealed class StashFixture : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("haven-stash-");
    private readonly List<ServiceProvider> _processes = [];

    private StashFixture(SimulatedStash stash)
    {
        Stash = stash;
        Artifacts = new FailingArtifacts(new FileArtifactStore(_folder.FullName, Damage));
        Settings = new SettingsSource(
            new HavenOptions
            {
                Stash = new StashOptions { Url = stash.Address, ApiKey = "key" },
            }
        );
        Services = NewProcess();
        Scene = AddScene();
    }

    public SimulatedStash Stash { get; }

    public DamageReports Damage { get; } = new(NullLogger<DamageReports>.Instance, TimeProvider.System);

    public FailingArtifacts Artifacts { get; }

    public SettingsSource Settings { get; }

    public ServiceProvider Services { get; private set; }

    public int Scene { get; }

    public string SceneId => $"{Scene}";

    public StashClient Client => Get<StashClient>();

    public static async Task<StashFixture> OpenAsync(StashVersion version, TimeProvider? stashTime = null) =>
        new(
            await SimulatedStash.StartAsync(
                new SimulatedStashOptions
                {
                    Version = version,
                    ApiKey = "key",
                    Time = stashTime ?? TimeProvider.System,
                }
            )
        );

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public int AddScene(string title = "A scene") =>
        Stash
            .Library.AddScene(
                title,
                new SceneFile(0, $"/media/{title}.mp4", DateTimeOffset.UnixEpoch)
                {
                    Size = 5_000_000_000,
                    Duration = 120.5,
                    Width = 1920,
                    Height = 1080,
                    FrameRate = 29.97,
                    Fingerprints = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add(
                        "oshash",
                        "0123456789abcdef"
                    ),
                }
            )
            .Id;

    /// <summary>Another process on the same Stash and the same records; <see cref="Get{T}"/> takes from the last one.</summary>
    /// <param name="time">Its clock; null = the system's.</param>
    /// <param name="artifacts">Other records than the shared ones.</param>
    /// <param name="retries">Whether its client sends requests again.</param>
    public ServiceProvider NewProcess(TimeProvider? time = null, IArtifactStore? artifacts = null, bool retries = false)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(Settings)
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton(artifacts ?? Artifacts)
            .AddStash()
            // What every single attempt leaves is to be seen; StashRetriesTests are about more of them.
            .AddSingleton(provider => new StashClient(
                provider.GetRequiredService<StashTransport>(),
                provider.GetRequiredService<TimeProvider>(),
                retries ? provider.GetRequiredService<StashRetries>() : null
            ))
            .BuildServiceProvider();
        _processes.Add(services);
        Services = services;
        return services;
    }

    public Task<PublicationResult> PublishAsync(MarkerSet wanted, Func<ScenePublication, ScenePublication>? change = null)
    {
        var request = new ScenePublication { SceneId = SceneId, Wanted = wanted };
        return Get<ScenePublisher>().PublishAsync(change?.Invoke(request) ?? request, CancellationToken.None);
    }

    /// <summary>The scene's markers as text: tag, start, end and additional tags.</summary>
    public IReadOnlyList<string> Markers() =>
        [
            .. Stash
                .Library.MarkersOf(Scene)
                .Select(marker =>
                    $"{NameOf(marker.PrimaryTagId)} {marker.Seconds}-{marker.EndSeconds} {string.Join(',', marker.TagIds.Select(NameOf))}".TrimEnd()
                ),
        ];

    public StashTagOptions Names => Settings.Current.StashTags;

    public int TagId(string name) => Stash.Library.FindTag(name)!.Id;

    public static MarkerSet Wanted(params MarkerSpan[] spans) =>
        new(
            spans,
            spans
                .GroupBy(span => span.Tag, StringComparer.Ordinal)
                .ToDictionary(
                    tag => tag.Key,
                    tag => TimeSpan.FromSeconds(tag.Sum(span => span.Length.TotalSeconds)),
                    StringComparer.Ordinal
                )
        );

    public static MarkerSpan Span(string tag, double start, double end) =>
        new(tag, TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(end), 0.9);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        Assert.Empty(Stash.Requests.NotSimulated);
        await Stash.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private string NameOf(int tagId) => Stash.Library.Tags[tagId].Name;
}
