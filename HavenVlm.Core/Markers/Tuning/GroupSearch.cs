using HavenVlm.Core.Common;

namespace HavenVlm.Core.Markers.Tuning;

/// <summary>
/// Finds settings of tags that depend on each other: those of one exclusive category take time from each other, and several tags with
/// one name in Stash are one set of spans. Improves one tag at a time with the others held, until no tag can be improved, from two
/// beginnings: the settings in force, and what each tag would have alone. That is not always the best of all combinations, but never
/// worse than what is in force.
/// </summary>
internal sealed class GroupSearch
{
    private const int MaxThresholds = 48;
    private const int MaxGaps = 24;
    private const int MaxLengths = 24;
    private const int MaxRounds = 6;
    private readonly TuningProblem _problem;
    private readonly IReadOnlyList<TagSeries> _series;
    private readonly IReadOnlyList<int> _tags;
    private readonly IReadOnlyList<TagMarkerSettings> _inForce;
    private readonly IReadOnlyList<(TruthSpans Truth, HashSet<int> Tags)> _names;

    /// <param name="problem">The whole problem.</param>
    /// <param name="tags">Positions of the tags that depend on each other.</param>
    /// <param name="series">Answers of all tags.</param>
    public GroupSearch(TuningProblem problem, IReadOnlyList<int> tags, IReadOnlyList<TagSeries> series)
    {
        _problem = problem;
        _tags = tags;
        _series = [.. tags.Select(tag => series[tag])];
        _inForce = [.. tags.Select(tag => problem.Settings[tag])];
        _names =
        [
            .. _inForce
                .Index()
                .GroupBy(tag => tag.Item.Name, StringComparer.OrdinalIgnoreCase)
                .Where(name => problem.TruthOf(name.First().Item) is not null)
                .Select(name => (problem.TruthOf(name.First().Item)!, name.Select(tag => tag.Index).ToHashSet())),
        ];
    }

    private sealed record Trial(IReadOnlyList<TagMarkerSettings> Settings, double F1, double MeanIou, ChangeCost Cost)
    {
        public bool IsBetterThan(Trial other)
        {
            if (Math.Abs(F1 - other.F1) > Scores.Tie)
            {
                return F1 > other.F1;
            }

            return Math.Abs(MeanIou - other.MeanIou) > Scores.Tie ? MeanIou > other.MeanIou : Cost.IsBelow(other.Cost);
        }
    }

    /// <summary>The settings found, in the order of the group's tags.</summary>
    public IReadOnlyList<TagMarkerSettings> Find()
    {
        var best = Climb(Rated(_inForce));
        var alone = _inForce
            .Select(
                (tag, index) =>
                    _problem.TruthOf(tag) is { } truth
                        ? SingleTagSearch.Find(tag, _problem.Defaults[_tags[index]], truth, _series[index], _problem.Smoothing)
                        : tag
            )
            .ToList();
        var other = Climb(Rated(alone));
        return (other.IsBetterThan(best) ? other : best).Settings;
    }

    private Trial Climb(Trial trial)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var before = trial;
            for (var tag = 0; tag < _tags.Count; tag++)
            {
                if (_problem.TruthOf(_inForce[tag]) is not null)
                {
                    trial = Improve(trial, tag);
                }
            }

            if (!trial.IsBetterThan(before))
            {
                break;
            }
        }

        return trial;
    }

    /// <summary>The best settings of one tag while the others keep theirs.</summary>
    private Trial Improve(Trial trial, int tag)
    {
        var defaults = _problem.Defaults[_tags[tag]];
        var inForce = _inForce[tag];
        var others = Enumerable
            .Range(0, _tags.Count)
            .Where(other => other != tag)
            .SelectMany(other => Joined(trial.Settings, other))
            .ToList();
        var thresholds = SettingCells.Thresholds(_series[tag].Confidences, [inForce.Threshold, defaults.Threshold]);
        foreach (var threshold in SettingCells.Thin(thresholds, MaxThresholds))
        {
            var series = _series[tag].Judged(trial.Settings[tag] with { Threshold = threshold.Value }, _problem.Smoothing);
            var spans = series.JoinedSpans(TimeSpan.Zero).ToList();
            var holes = spans.Zip(spans.Skip(1), (left, right) => right.Start - left.End).Distinct().Order().ToList();
            foreach (var gap in SettingCells.Thin(SettingCells.Gaps(holes, [inForce.MaxGap, defaults.MaxGap]), MaxGaps))
            {
                var settings = trial.Settings[tag] with { Threshold = threshold.Value, MaxGap = gap.Value };
                trial = ImproveLength(trial, tag, settings, [.. others, .. MarkerBuilder.Joined(tag, series, gap.Value)]);
            }
        }

        return trial;
    }

    private Trial ImproveLength(Trial trial, int tag, TagMarkerSettings settings, IReadOnlyList<TagSpan> joined)
    {
        var trimmed = MarkerBuilder.Trimmed(joined, _inForce).ToList();
        var lengths = trimmed.Where(s => s.Tag == tag).Select(s => s.Range.Length).Distinct().Order().ToList();
        TimeSpan[] preferred = [_inForce[tag].MinMarkerDuration, _problem.Defaults[_tags[tag]].MinMarkerDuration];
        foreach (var length in SettingCells.Thin(SettingCells.Lengths(lengths, preferred), MaxLengths))
        {
            var candidate = Rated(Replaced(trial.Settings, tag, settings with { MinMarkerDuration = length.Value }), trimmed);
            trial = candidate.IsBetterThan(trial) ? candidate : trial;
        }

        return trial;
    }

    private IEnumerable<TagSpan> Joined(IReadOnlyList<TagMarkerSettings> settings, int tag) =>
        MarkerBuilder.Joined(tag, _series[tag].Judged(settings[tag], _problem.Smoothing), settings[tag].MaxGap);

    private Trial Rated(IReadOnlyList<TagMarkerSettings> settings) =>
        Rated(settings, [.. MarkerBuilder.Trimmed(Enumerable.Range(0, _tags.Count).SelectMany(tag => Joined(settings, tag)), _inForce)]);

    private Trial Rated(IReadOnlyList<TagMarkerSettings> settings, List<TagSpan> trimmed)
    {
        double f1 = 0;
        double iou = 0;
        foreach (var (truth, tags) in _names)
        {
            var kept = trimmed
                .Where(s => tags.Contains(s.Tag) && s.Range.Length >= settings[s.Tag].MinMarkerDuration)
                .Select(s => s.Range)
                .OrderBy(s => s.Start);
            var score = SpanScore.Of([.. TimeRanges.Join(kept, TimeSpan.Zero)], truth);
            f1 += score.F1;
            iou += score.MeanIou;
        }

        var cost = settings.Zip(_inForce, (candidate, inForce) => ChangeCost.Of(inForce, candidate)).Aggregate((a, b) => a + b);
        return new Trial(settings, f1 / _names.Count, iou / _names.Count, cost);
    }

    private static IReadOnlyList<TagMarkerSettings> Replaced(IReadOnlyList<TagMarkerSettings> settings, int tag, TagMarkerSettings value) =>
        [.. settings.Select((other, index) => index == tag ? value : other)];
}
