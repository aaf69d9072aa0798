using HavenVlm.Benchmarks.Endpoints;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Stash;

namespace HavenVlm.Benchmarks.Serving;

/// <summary>A sweep of a large library in which a few scenes are asked for.</summary>
internal static class LibrarySweep
{
    private const int Scenes = 100_000;
    private const int Tagged = 50;
    private const int PageSize = 1_000;

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("haven-bench-");
        try
        {
            await using var samples = new SampleVideos();
            var clip = await samples.GetAsync("park");
            await using var model = await ModelServer.StartAsync("bench", 8, 5);
            await using var library = await ServedLibrary.StartAsync([model], cancellationToken);
            var length = clip.Script.Duration;
            var first = library.AddScene(clip.Path, length);
            await library.ServeAsync(Path.Combine(folder.FullName, "served"), cancellationToken);
            // A scene that was asked for by itself: what the first one costs is not what the library costs.
            await library.TagAsync([first], cancellationToken);
            await library.DoneAsync([first], cancellationToken);
            var wanted = Enumerable
                .Range(0, Scenes)
                .Select(_ => library.AddScene(clip.Path, length))
                .Where((_, i) => i % (Scenes / Tagged) == 0)
                .ToList();
            var tag = library.Stash.Library.FindTag("VLM_TagMe")!.Id;
            wanted.ForEach(scene => library.Stash.Library.TagScene(scene, tag));

            library.Stash.Requests.Clear();
            var before = ProcessMemory.Now(library.Haven.ProcessId);
            var memory = new ProcessMemory(library.Haven.ProcessId);
            await library.SweepAsync(cancellationToken);
            await memory.WatchAsync(library.DoneAsync(wanted, cancellationToken), cancellationToken);
            return
            [
                Row.AtMost(
                    "a sweep of 100,000 scenes, 50 tagged: requests to Stash beyond the pages and the scenes' own",
                    3,
                    Looking(library.Stash.Requests.All) - ((Tagged + PageSize - 1) / PageSize),
                    "",
                    "0"
                ),
                Row.AtMost("the same: more memory of the program until all 50 are done", 50, memory.Most - before, " MB", "0"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Requests that are not about one scene: those that count, list, and look for tags.</summary>
    private static int Looking(IReadOnlyList<StashRequest> requests) => requests.Count(request => !IsOfOneScene(request));

    private static bool IsOfOneScene(StashRequest request) =>
        request.IsMutation || request.RootFields.Any(field => field is "findScene" or "findSceneMarkers" or "sceneMarkerTags");
}
