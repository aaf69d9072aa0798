using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Benchmarks.Sampling;

/// <summary>The product's rounds over an hour, with a model that knows the truth and is wrong now and then.</summary>
internal sealed class SampledHour
{
    private static readonly IReadOnlyList<WantedTag> Tags = [.. HourScript.Tags.Select(name => new WantedTag(name, "", 0.3))];
    private readonly IReadOnlyList<MarkerSpan> _truth;
    private readonly double _wrong;
    private readonly Random _mistakes;
    private readonly List<FrameRecord> _records = [];

    public SampledHour(IReadOnlyList<MarkerSpan> truth, double wrong = 0)
    {
        _truth = truth;
        _wrong = wrong;
        _mistakes = new Random(truth.Count);
    }

    /// <summary>Frames that the model was asked about.</summary>
    public int Looks => _records.Count;

    public IReadOnlyList<MarkerSpan> Markers { get; private set; } = [];

    /// <summary>Runs rounds until nothing is lacking.</summary>
    public SampledHour Play(SamplingMode mode, IReadOnlyList<PictureChange> changes)
    {
        var settings = new SamplingSettings
        {
            Mode = mode,
            FrameInterval = TimeSpan.FromSeconds(2),
            BoundaryPrecision = TimeSpan.FromMilliseconds(500),
        };
        var isScanned = false;
        for (var round = 0; ; round++)
        {
            var input = new SamplingInput
            {
                Duration = HourScript.Duration,
                Settings = settings,
                Tags = Tags,
                Records = _records,
                Changes = isScanned ? changes : [],
                Scanned = isScanned ? [new TimeRange(TimeSpan.Zero, HourScript.Duration)] : [],
                Run = "bench",
            };
            var plan = SamplingRounds.Plan(round, input);
            if (plan.FrameCount == 0)
            {
                Build(SamplingRounds.Answers(input).Answers);
                return this;
            }

            // As in the product the first round's frames are asked while the picture changes are looked for.
            isScanned |= plan.Scan.Count > 0;
            foreach (var frame in plan.Groups.SelectMany(group => group.Times))
            {
                _ = Look(frame);
            }
        }
    }

    /// <summary>A look every 20 s, then halving between neighbors that differ, to a second: what there was before.</summary>
    public SampledHour Bisect()
    {
        var looks = new SortedDictionary<TimeSpan, string[]>();
        var last = HourScript.Duration - TimeSpan.FromMilliseconds(HourVideo.FrameTime);
        for (var time = TimeSpan.Zero; time < last; time += TimeSpan.FromSeconds(20))
        {
            looks[time] = Look(time);
        }

        looks[last] = Look(last);
        for (var between = Differing(); between.Count > 0; between = Differing())
        {
            between.ForEach(time => looks[time] = Look(time));
        }

        Build([.. looks.Select(look => new TimedAnswer(look.Key, look.Value.ToDictionary(tag => tag, _ => 0.9, StringComparer.Ordinal)))]);
        return this;

        List<TimeSpan> Differing() =>
            [
                .. looks
                    .Zip(looks.Skip(1))
                    .Where(pair => pair.Second.Key - pair.First.Key > TimeSpan.FromSeconds(1))
                    .Where(pair => !pair.First.Value.ToHashSet(StringComparer.Ordinal).SetEquals(pair.Second.Value))
                    .Select(pair => pair.First.Key + ((pair.Second.Key - pair.First.Key) / 2)),
            ];
    }

    /// <summary>Intersection over union of the markers with the truth, over all tags.</summary>
    public double Agreement()
    {
        double both = 0;
        double either = 0;
        foreach (var tag in HourScript.Tags)
        {
            // Spans of one tag may overlap in the truth; they count once.
            var found = TimeRanges.Union(RangesOf(Markers, tag));
            var real = TimeRanges.Union(RangesOf(_truth, tag));
            var overlap = found.Sum(f => real.Sum(r => Math.Max(0, (Earlier(f.End, r.End) - Later(f.Start, r.Start)).TotalSeconds)));
            both += overlap;
            either += found.Concat(real).Sum(range => (range.End - range.Start).TotalSeconds) - overlap;
        }

        return both / either;
    }

    /// <summary>Of these spans, how many have a marker.</summary>
    public int Found(IReadOnlyList<MarkerSpan> spans) =>
        spans.Count(span =>
            Markers.Any(m => string.Equals(m.Tag, span.Tag, StringComparison.Ordinal) && m.Start < span.End && m.End > span.Start)
        );

    private static IEnumerable<TimeRange> RangesOf(IEnumerable<MarkerSpan> spans, string tag) =>
        spans.Where(span => string.Equals(span.Tag, tag, StringComparison.Ordinal)).Select(span => new TimeRange(span.Start, span.End));

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private string[] Look(TimeSpan planned)
    {
        // There is a picture only so often: the last one that began by then.
        var time = TimeSpan.FromMilliseconds(Math.Floor(planned.TotalMilliseconds / HourVideo.FrameTime) * HourVideo.FrameTime);
#pragma warning disable CA5394 // The same mistakes in every run.
        string[] tags =
            _mistakes.NextDouble() < _wrong
                ? [HourScript.Tags[_mistakes.Next(HourScript.Tags.Count)]]
                :
                [
                    .. _truth
                        .Where(span => span.Start <= time && time < span.End)
                        .Select(span => span.Tag)
                        .Distinct(StringComparer.Ordinal),
                ];
#pragma warning restore CA5394
        _records.Add(
            new FrameRecord
            {
                Planned = planned,
                Time = time,
                Vocabulary = WantedTag.VocabularyOf(Tags),
                Run = "bench",
                Answer = new PictureAnswer { Tags = tags.ToDictionary(tag => tag, _ => 0.9, StringComparer.Ordinal), Requests = 1 },
            }
        );
        return tags;
    }

    private void Build(IReadOnlyList<TimedAnswer> answers) =>
        Markers = MarkerBuilder
            .Build(
                answers,
                TimeSpan.FromSeconds(2),
                HourScript.Duration,
                [
                    .. HourScript.Tags.Select(tag => new TagMarkerSettings
                    {
                        Tag = tag,
                        Name = tag,
                        Threshold = 0.3,
                        MaxGap = TimeSpan.FromSeconds(6),
                        MinMarkerDuration = TimeSpan.FromSeconds(1),
                        RequiredDuration = TimeSpan.FromSeconds(1),
                    }),
                ]
            )
            .Markers;
}
