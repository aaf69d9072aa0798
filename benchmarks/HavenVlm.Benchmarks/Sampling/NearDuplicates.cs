using HavenVlm.Core;
using HavenVlm.Core.Analysis;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Storage;
using HavenVlm.Simulation.Media;
using HavenVlm.Simulation.Vlm;
using Microsoft.Extensions.DependencyInjection;

namespace HavenVlm.Benchmarks.Sampling;

/// <summary>
/// What reusing answers saves in a talk that shows still pictures four fifths of the time: the product's whole analysis of a real file,
/// with a model that looks at the pixels, once with and once without reuse.
/// </summary>
internal static class NearDuplicates
{
    private const int Parts = 8;
    private const double Part = 60;
    private const double Still = 0.8 * Part;
    private static readonly string[] Tags = ["Reading", "Painting", "Cooking", "Sleeping"];

    public static async Task<IReadOnlyList<Row>> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var videos = new SampleVideos();
        var talk = await videos.GetAsync(Talk());
        await using var model = await SimulatedVlm.StartAsync();
        var rows = new List<Row>();
        foreach (var mode in new[] { SamplingMode.Linear, SamplingMode.Adaptive })
        {
            var every = await AnalyzeAsync(talk.Path, model, mode, reuse: false, cancellationToken);
            var reused = await AnalyzeAsync(talk.Path, model, mode, reuse: true, cancellationToken);
            var name = mode == SamplingMode.Linear ? "linear" : "adaptive";
            var same = every.Markers.Select(Words).SequenceEqual(reused.Markers.Select(Words));
            var share = 1 - (reused.Requests / every.Requests);
            // Adaptive sampling hardly looks at a still picture to begin with: there only the markers are a goal.
            if (mode == SamplingMode.Linear)
            {
                rows.Add(Row.AtLeast($"a talk, 80 % still, {name}: calls saved by reuse", 0.6, share, ""));
            }

            rows.Add(new Row($"the same, {name}: markers", "the same", same ? "the same" : "others", same, same ? 1 : 0));
        }

        return rows;
    }

    private static (string Tag, TimeSpan Start, TimeSpan End) Words(AnalysisMarker marker) => (marker.Tag, marker.Start, marker.End);

    /// <summary>Somebody speaks, then there is a slide for a while, and so on.</summary>
    private static SampleScript Talk()
    {
        var starts = Enumerable.Range(0, Parts).Select(i => i * Part).ToArray();
        return new SampleScript
        {
            Name = "talk",
            Number = 200,
            Title = "A talk",
            Duration = TimeSpan.FromSeconds(Parts * Part),
            FrameRate = 5,
            KeyframeInterval = TimeSpan.FromSeconds(8),
            Cuts = [.. starts.SelectMany(start => new[] { start, start + Part - Still }).Skip(1).Select(TimeSpan.FromSeconds)],
            Stills = [.. starts.Select(start => SampleSpan.OfSeconds(start + Part - Still, start + Part))],
            Events =
            [
                .. starts.Select((start, i) => new SampleEvent("Waving", SampleSpan.OfSeconds(start + 2.6, start + 8.8 + (i % 3)))),
                .. starts.Select(
                    (start, i) => new SampleEvent(Tags[i % Tags.Length], SampleSpan.OfSeconds(start + Part - Still, start + Part))
                ),
            ],
        };
    }

    private static async Task<AnalysisResult> AnalyzeAsync(
        string path,
        SimulatedVlm model,
        SamplingMode mode,
        bool reuse,
        CancellationToken cancellationToken
    )
    {
        var folder = Directory.CreateTempSubdirectory("haven-bench-");
        try
        {
            var options = new HavenOptions
            {
                Vlm = new VlmOptions
                {
                    Model = model.Behavior.Models[0],
                    Endpoints = [new EndpointOptions { Name = "simulated", BaseUrl = model.BaseUrl }],
                },
                Video = new VideoOptions { Sampling = mode, ReuseStill = reuse },
                Tags = TagLegend.Tags.ToDictionary(tag => tag, _ => new TagOptions(), StringComparer.Ordinal),
            };
            await using var services = new ServiceCollection()
                .AddLogging()
                .AddSingleton(new SettingsSource(options))
                .AddSingleton<IArtifactStore>(_ => new FileArtifactStore(folder.FullName))
                .AddHavenCore()
                .BuildServiceProvider();
            var finished = await services
                .GetRequiredService<VideoAnalysis>()
                .RunAsync(path, interval: null, withPictures: false, new Progress<ProgressStatus>(), cancellationToken);
            return finished.Result;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
