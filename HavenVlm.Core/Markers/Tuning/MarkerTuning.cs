using HavenVlm.Core.Common;

namespace HavenVlm.Core.Markers.Tuning;

/// <summary>Finds the marker settings with which computed markers come closest to a user's.</summary>
internal static class MarkerTuning
{
    /// <summary>The settings found, in the order of the problem's; a tag without truth keeps its own.</summary>
    public static IReadOnlyList<TagMarkerSettings> Find(TuningProblem problem)
    {
        var series = MarkerBuilder.SeriesOf(problem.Answers, problem.FrameInterval, problem.Duration, problem.Settings);
        var found = problem.Settings.ToArray();
        foreach (var group in Groups(problem.Settings))
        {
            if (group is [var tag])
            {
                if (problem.TruthOf(problem.Settings[tag]) is { } truth)
                {
                    found[tag] = SingleTagSearch.Find(problem.Settings[tag], problem.Defaults[tag], truth, series[tag], problem.Smoothing);
                }
            }
            else if (group.Any(member => problem.TruthOf(problem.Settings[member]) is not null))
            {
                var settings = new GroupSearch(problem, group, series).Find();
                foreach (var (index, member) in group.Index())
                {
                    found[member] = settings[index];
                }
            }
        }

        return WithRequired(problem, found);
    }

    /// <summary>How near the markers of some settings come to the truth, for each name with truth.</summary>
    public static IReadOnlyDictionary<string, (SpanScore Score, IReadOnlyList<TimeRange> Spans)> Score(
        TuningProblem problem,
        IReadOnlyList<TagMarkerSettings> settings
    )
    {
        var markers = MarkerBuilder
            .Build(problem.Answers, problem.FrameInterval, problem.Duration, settings, problem.Smoothing)
            .Markers.ToLookup(marker => marker.Tag, marker => new TimeRange(marker.Start, marker.End), StringComparer.OrdinalIgnoreCase);
        return problem.Truth.ToDictionary(
            name => name.Key,
            name =>
            {
                IReadOnlyList<TimeRange> spans = [.. markers[name.Key]];
                return (SpanScore.Of(spans, name.Value), spans);
            },
            StringComparer.OrdinalIgnoreCase
        );
    }

    /// <summary>Tags that depend on each other: of one exclusive category, or with one name in Stash.</summary>
    private static IEnumerable<IReadOnlyList<int>> Groups(IReadOnlyList<TagMarkerSettings> settings)
    {
        var root = Enumerable.Range(0, settings.Count).ToArray();
        void Connect(IEnumerable<IGrouping<string?, (int Index, TagMarkerSettings Item)>> groups)
        {
            foreach (var group in groups.Where(group => group.Key is not null))
            {
                var members = group.Select(tag => root[tag.Index]).ToHashSet();
                var lowest = members.Min();
                for (var tag = 0; tag < root.Length; tag++)
                {
                    root[tag] = members.Contains(root[tag]) ? lowest : root[tag];
                }
            }
        }

        Connect(settings.Index().GroupBy(tag => tag.Item.ExclusiveCategory, StringComparer.OrdinalIgnoreCase));
        Connect(settings.Index().GroupBy(tag => (string?)tag.Item.Name, StringComparer.OrdinalIgnoreCase));
        return Enumerable.Range(0, settings.Count).GroupBy(tag => root[tag]).Select(IReadOnlyList<int> (group) => [.. group]);
    }

    /// <summary>
    /// Adapts the length from which on the scene gets a tag, where it is known whether the scene should have it. <c>0</c> means never
    /// and stays.
    /// </summary>
    private static IReadOnlyList<TagMarkerSettings> WithRequired(TuningProblem problem, TagMarkerSettings[] found)
    {
        var series = MarkerBuilder.SeriesOf(problem.Answers, problem.FrameInterval, problem.Duration, found, problem.Smoothing);
        var joined = Enumerable.Range(0, found.Length).SelectMany(tag => MarkerBuilder.Joined(tag, series[tag], found[tag].MaxGap));
        var lengths = MarkerBuilder
            .Trimmed(joined, found)
            .Where(span => span.Range.Length >= found[span.Tag].MinMarkerDuration)
            .GroupBy(span => span.Tag)
            .ToDictionary(tag => tag.Key, tag => TimeSpan.FromTicks(tag.Sum(span => span.Range.Length.Ticks)));
        return
        [
            .. found.Select(
                (tag, index) =>
                    problem.TruthOf(tag) is not null
                    && problem.SceneTags.TryGetValue(tag.Name, out var wanted)
                    && lengths.TryGetValue(index, out var length)
                        ? tag with
                        {
                            RequiredDuration = Required(tag.RequiredDuration, problem.Defaults[index].RequiredDuration, length, wanted),
                        }
                        : tag
            ),
        ];
    }

    private static TimeSpan Required(TimeSpan inForce, TimeSpan defaults, TimeSpan length, bool wanted)
    {
        if (inForce == TimeSpan.Zero)
        {
            return inForce;
        }

        TimeSpan[] preferred = [inForce, defaults];
        return wanted
            ? SettingCells.Duration(TimeSpan.Zero, length, preferred).Value
            : SettingCells.Duration(length, TimeSpan.MaxValue, preferred).Value;
    }
}
