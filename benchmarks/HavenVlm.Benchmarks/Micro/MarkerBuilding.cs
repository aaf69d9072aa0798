using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using HavenVlm.Core.Markers;

namespace HavenVlm.Benchmarks.Micro;

/// <summary>From the answers about a video to its markers, with 36 tags of which 12 exclude each other.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class MarkerBuilding
{
    private const int Tags = 36;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private readonly IReadOnlyList<TagMarkerSettings> _settings =
    [
        .. Enumerable
            .Range(0, Tags)
            .Select(i => new TagMarkerSettings
            {
                Tag = $"Tag {i}",
                Name = $"Tag {i}",
                ExclusiveCategory = i < 12 ? "Positions" : null,
                Threshold = 0.5,
                MaxGap = TimeSpan.FromSeconds(10),
                MinMarkerDuration = TimeSpan.FromSeconds(5),
                RequiredDuration = TimeSpan.FromSeconds(20),
            }),
    ];
    private IReadOnlyList<TimedAnswer> _answers = [];

    /// <summary>Length of the video.</summary>
    [Params(1, 5)]
    public int Hours { get; set; }

    /// <summary>Makes answers: each tag comes and goes, one answer in fifty is missing.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(7);
        var on = new bool[Tags];
        _answers =
        [
            .. Enumerable
                .Range(0, Hours * 1_800)
                .Select(i =>
                {
                    for (var tag = 0; tag < Tags; tag++)
                    {
                        on[tag] ^= random.Next(on[tag] ? 15 : 1_000) == 0;
                    }

                    var seen = Enumerable.Range(0, Tags).Where(tag => on[tag]);
                    return new TimedAnswer(
                        i * Interval,
                        random.Next(50) == 0
                            ? null
                            : seen.ToImmutableDictionary(
                                tag => $"Tag {tag}",
                                _ => 0.4 + (0.6 * random.NextDouble()),
                                StringComparer.Ordinal
                            )
                    );
                }),
        ];
    }

    /// <summary>Builds them.</summary>
    [Benchmark]
    public object Build() => MarkerBuilder.Build(_answers, Interval, TimeSpan.FromHours(Hours), _settings);
}
