using HavenVlm.Core;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;
using HavenVlm.Core.Stash.Tags;
using HavenVlm.Core.Storage;
using HavenVlm.Simulation.Stash;
using Microsoft.Extensions.DependencyInjection;
using SceneFile = HavenVlm.Simulation.Stash.State.StashFile;

namespace HavenVlm.Benchmarks.Stash;

/// <summary>200 markers of ten new tags for a scene: what that costs Stash.</summary>
internal static class PublishMarkers
{
    private const int Markers = 200;

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var rows = new List<Row>();
        foreach (var version in (StashVersion[])[StashVersion.Old2023, StashVersion.New2026])
        {
            rows.Add(
                Row.AtMost(
                    $"publish 200 markers ({version}): requests to Stash",
                    5,
                    await MeasureAsync(version, cancellationToken),
                    "",
                    "0"
                )
            );
        }

        return rows;
    }

    private static async Task<int> MeasureAsync(StashVersion version, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("haven-bench-");
        await using var stash = await SimulatedStash.StartAsync(
            new SimulatedStashOptions { Version = version, ApiKey = "key" },
            cancellationToken
        );
        var scene = stash.Library.AddScene(
            "A scene",
            new SceneFile(0, "/media/scene.mp4", DateTimeOffset.UnixEpoch) { Size = 5_000_000, Duration = 2_100 }
        );
        var settings = new SettingsSource(
            new HavenOptions
            {
                Stash = new StashOptions { Url = stash.Address, ApiKey = "key" },
            }
        );
        try
        {
            await using var services = new ServiceCollection()
                .AddLogging()
                .AddSingleton(settings)
                .AddSingleton<IArtifactStore>(new FileArtifactStore(folder.FullName))
                .AddStash()
                .BuildServiceProvider();
            // What a server learns of Stash when it starts is not the cost of a scene.
            await services.GetRequiredService<TagFamily>().EnsureAsync(cancellationToken);
            await services.GetRequiredService<StashClient>().FindSceneAsync($"{scene.Id}", cancellationToken);
            stash.Requests.Clear();
            var spans = Enumerable
                .Range(0, Markers)
                .Select(i => new MarkerSpan($"Tag {i % 10}", TimeSpan.FromSeconds(i * 10), TimeSpan.FromSeconds((i * 10) + 5), 0.9))
                .ToArray();
            var wanted = new MarkerSet(
                spans,
                spans
                    .Select(span => span.Tag)
                    .Distinct(StringComparer.Ordinal)
                    .ToDictionary(tag => tag, _ => TimeSpan.FromSeconds(100), StringComparer.Ordinal)
            );
            await services
                .GetRequiredService<ScenePublisher>()
                .PublishAsync(new ScenePublication { SceneId = $"{scene.Id}", Wanted = wanted }, cancellationToken);
            return stash.Library.MarkersOf(scene.Id).Count == Markers
                ? stash.Requests.All.Count
                : throw new InvalidOperationException("markers are missing");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
