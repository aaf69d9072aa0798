using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Markers.Smoothing;

namespace HavenVlm.Benchmarks.Noise;

/// <summary>How near markers come to where the tags really are.</summary>
/// <param name="Iou">Intersection over union, over all tags.</param>
/// <param name="Found">Share of the spans with a marker.</param>
/// <param name="Invented">Markers without a span, of tags that occur.</param>
/// <param name="Absent">Markers of each tag that never occurs.</param>
internal sealed record NoiseScore(double Iou, double Found, double Invented, double Absent)
{
    public static NoiseScore Of(NoisyVideo video, SmoothingParameters? smoothing)
    {
        IReadOnlyList<TagMarkerSettings> settings =
        [
            .. video.Tags.Select(tag => new TagMarkerSettings
            {
                Tag = tag,
                Name = tag,
                Threshold = 0.3,
                MaxGap = TimeSpan.FromSeconds(6),
                MinMarkerDuration = TimeSpan.FromSeconds(1),
                RequiredDuration = TimeSpan.FromSeconds(1),
                Smoothing = SmoothingMode.Auto,
            }),
        ];
        var model = smoothing is null ? null : new SmoothingModel(smoothing, []);
        var markers = MarkerBuilder
            .Build(video.Answers, NoisyVideo.Interval, NoisyVideo.Duration, settings, model)
            .Markers.ToLookup(marker => marker.Tag, marker => new TimeRange(marker.Start, marker.End), StringComparer.Ordinal);
        double both = 0;
        double all = 0;
        var (spans, found, invented) = (0, 0, 0);
        foreach (var tag in video.Tags.Except(video.AbsentTags, StringComparer.Ordinal))
        {
            var truth = video.TruthOf(tag);
            both += markers[tag].Sum(marker => truth.Sum(span => Math.Max(0, marker.Overlap(span).TotalSeconds)));
            all += markers[tag].Concat(truth).Sum(range => range.Length.TotalSeconds);
            spans += truth.Count;
            found += truth.Count(span => markers[tag].Any(span.Overlaps));
            invented += markers[tag].Count(marker => !truth.Any(marker.Overlaps));
        }

        var absent = video.AbsentTags.Sum(tag => markers[tag].Count()) / Math.Max(1.0, video.AbsentTags.Count);
        return new NoiseScore(both / (all - both), (double)found / spans, invented, absent);
    }

    /// <summary>Finds the numbers for a video; what it adds to what was learned comes with them.</summary>
    public static SmoothingFit Fit(NoisyVideo video, SmoothingStatistics learned)
    {
        var looks = video.Tags.ToDictionary(
            tag => tag,
            tag => TagSeries.Of(video.Answers, tag, 0.3, NoisyVideo.Interval, NoisyVideo.Duration).Looks([], 0),
            StringComparer.Ordinal
        );
        return SmoothingFit.Of(looks, learned);
    }
}
