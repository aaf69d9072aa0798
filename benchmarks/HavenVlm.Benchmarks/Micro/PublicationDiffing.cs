using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;

namespace HavenVlm.Benchmarks.Micro;

/// <summary>Comparing what a scene has with what it should have, with markers of ten tags.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class PublicationDiffing
{
    private const int Tags = 10;
    private const string Base = "1";
    private PublicationState _empty = null!;
    private PublicationState _published = null!;
    private DesiredPublication _desired = null!;
    private DesiredPublication _moved = null!;

    /// <summary>Markers of the scene.</summary>
    [Params(20, 200)]
    public int Markers { get; set; }

    /// <summary>Makes the scene before and after.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _desired = Wish(TimeSpan.Zero);
        _moved = Wish(TimeSpan.FromSeconds(3));
        _empty = State(new PublicationRecord(), []);
        var plan = PublicationDiff.Compute(_empty, _desired);
        var ours = plan.Create.Select((marker, i) => new PublishedMarker($"{i + 1}", marker.Content, marker.Name, marker.SpanEnd)).ToList();
        _published = State(plan.Record with { Markers = ours }, [.. ours.Select(InStash)]);
        if (
            plan.Create.Count != Markers
            || PublicationDiff.Compute(_published, _desired).ChangesMarkers
            || PublicationDiff.Compute(_published, _moved).Move.Count != Markers
        )
        {
            throw new InvalidOperationException("the scenes are not what is to be measured");
        }
    }

    /// <summary>Nothing is there yet.</summary>
    [Benchmark]
    public object First() => PublicationDiff.Compute(_empty, _desired);

    /// <summary>All is there already.</summary>
    [Benchmark]
    public object Nothing() => PublicationDiff.Compute(_published, _desired);

    /// <summary>Every marker moves by three seconds.</summary>
    [Benchmark]
    public object AllMove() => PublicationDiff.Compute(_published, _moved);

    private DesiredPublication Wish(TimeSpan shift) =>
        new()
        {
            Markers =
            [
                .. Enumerable
                    .Range(0, Markers)
                    .Select(i => new WantedMarker(
                        $"{10 + (i % Tags)}",
                        $"Tag {i % Tags}",
                        TimeSpan.FromSeconds(i * 10) + shift,
                        TimeSpan.FromSeconds((i * 10) + 8) + shift,
                        TimeSpan.FromSeconds(10)
                    )),
            ],
        };

    private static PublicationState State(PublicationRecord record, IReadOnlyList<StashMarker> markers) =>
        new()
        {
            SceneTags = ImmutableHashSet<string>.Empty,
            Markers = markers,
            Record = record,
            BaseTag = Base,
            IncorrectTag = "2",
            HasMarkerEnd = true,
        };

    private static StashMarker InStash(PublishedMarker marker) =>
        new()
        {
            Id = marker.Id,
            Title = marker.Content.Title,
            Seconds = marker.Content.Start.TotalSeconds,
            EndSeconds = marker.Content.End?.TotalSeconds,
            PrimaryTag = new StashTagName(marker.Content.TagId, marker.Name),
            Tags = [new StashTagName(Base, "VLM")],
        };
}
