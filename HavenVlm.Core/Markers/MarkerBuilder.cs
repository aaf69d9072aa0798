using HavenVlm.Core.Common;
using HavenVlm.Core.Markers.Smoothing;

namespace HavenVlm.Core.Markers;

/// <summary>
/// From answers to markers, in this order: on where the most probable path is on, without smoothing where the confidence reaches the threshold; spans closer than the gap joined; overlaps
/// in an exclusive category decided; short spans dropped; scene tags where the rest together is long enough; renamed.
/// </summary>
internal static class MarkerBuilder
{
    /// <summary>The markers and scene tags that the answers call for.</summary>
    /// <param name="answers">An answer for every planned time; several for one time: the first counts.</param>
    /// <param name="frameInterval">The last answer stands for at most so long.</param>
    /// <param name="duration">Length of the video.</param>
    /// <param name="settings">The tags, in the configuration's order.</param>
    /// <param name="smoothing">With what answers are smoothed; null = each counts as it is.</param>
    public static MarkerSet Build(
        IReadOnlyList<TimedAnswer> answers,
        TimeSpan frameInterval,
        TimeSpan duration,
        IReadOnlyList<TagMarkerSettings> settings,
        SmoothingModel? smoothing = null
    )
    {
        var series = SeriesOf(answers, frameInterval, duration, settings, smoothing);
        var spans = new List<MarkerSpan>();
        var sceneTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var joined = Enumerable.Range(0, series.Count).SelectMany(tag => Joined(tag, series[tag], settings[tag].MaxGap));
        foreach (var tag in Trimmed(joined, settings).GroupBy(span => span.Tag))
        {
            var tagSettings = settings[tag.Key];
            var kept = tag.Select(span => span.Range).Where(span => span.Length >= tagSettings.MinMarkerDuration).ToList();
            spans.AddRange(kept.Select(s => new MarkerSpan(tagSettings.Name, s.Start, s.End, series[tag.Key].MeanCertainty(s))));
            var total = TimeSpan.FromTicks(kept.Sum(span => span.Length.Ticks));
            if (kept.Count > 0 && tagSettings.RequiredDuration > TimeSpan.Zero && total >= tagSettings.RequiredDuration)
            {
                sceneTags.Add(tagSettings.Name);
            }
        }

        var possible = series.Select(tag => PossibleSpans(tag, duration)).ToList();
        return SameNames.Merge(spans, sceneTags) with
        {
            Possible = [.. possible.SelectMany((tag, i) => tag.Select(s => new PossibleSpan(settings[i].Name, s)))],
            PossibleSceneTags = PossibleSceneTags(series, possible, settings),
        };
    }

    /// <summary>Where nobody knows; of a tag whose answers tell nothing, everywhere, so that nothing of it is taken away either.</summary>
    private static List<TimeRange> PossibleSpans(TagSeries tag, TimeSpan duration) =>
        tag.IsUnreliable && duration > TimeSpan.Zero ? [new TimeRange(TimeSpan.Zero, duration)] : [.. tag.PossibleSpans()];

    /// <summary>Tags that would be long enough if every hole were filled.</summary>
    private static HashSet<string> PossibleSceneTags(
        IReadOnlyList<TagSeries> series,
        List<List<TimeRange>> possible,
        IReadOnlyList<TagMarkerSettings> settings
    )
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var tag = 0; tag < settings.Count; tag++)
        {
            var required = settings[tag].RequiredDuration;
            if (possible[tag].Count == 0 || required <= TimeSpan.Zero)
            {
                continue;
            }

            var together = possible[tag].Concat(series[tag].JoinedSpans(settings[tag].MaxGap)).OrderBy(span => span.Start);
            if (TimeRanges.Join(together, settings[tag].MaxGap).Sum(span => span.Length.Ticks) >= required.Ticks)
            {
                _ = names.Add(settings[tag].Name.Trim());
            }
        }

        return names;
    }

    /// <summary>What each tag's answers say over time, in the order of the settings.</summary>
    public static IReadOnlyList<TagSeries> SeriesOf(
        IReadOnlyList<TimedAnswer> answers,
        TimeSpan frameInterval,
        TimeSpan duration,
        IReadOnlyList<TagMarkerSettings> settings,
        SmoothingModel? smoothing = null
    )
    {
        IReadOnlyList<TimedAnswer> ordered = [.. answers.DistinctBy(answer => answer.Time).OrderBy(answer => answer.Time)];
        return [.. settings.Select(tag => TagSeries.Of(ordered, tag.Tag, tag.Threshold, frameInterval, duration).Judged(tag, smoothing))];
    }

    /// <summary>The spans of a tag, joined over gaps, with the confidence that decides overlaps.</summary>
    public static IEnumerable<TagSpan> Joined(int tag, TagSeries series, TimeSpan maxGap) =>
        (series.IsUnreliable ? [] : series.JoinedSpans(maxGap)).Select(span => new TagSpan(tag, span, series.MeanConfidence(span)));

    /// <summary>Decides overlaps in exclusive categories.</summary>
    public static IEnumerable<TagSpan> Trimmed(IEnumerable<TagSpan> spans, IReadOnlyList<TagMarkerSettings> settings) =>
        spans
            .GroupBy(span => settings[span.Tag].ExclusiveCategory, StringComparer.OrdinalIgnoreCase)
            .SelectMany(category => category.Key is null ? category : ExclusiveCategories.Trim(category));
}
