using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Analysis;

/// <summary>
/// What the records say about today's tags at any time. A record speaks about a tag when its vocabulary has the tag with today's
/// description; when a frame may have only one tag, the model chose among all of them, so the whole vocabulary must be today's.
/// </summary>
internal sealed class AnswerTimeline
{
    private readonly IReadOnlyList<FrameRecord> _records;
    private readonly IReadOnlyList<WantedTag> _tags;
    private readonly TagSelection _selection;
    private readonly string _run;
    private readonly TimeSpan[] _times;
    private readonly int[] _lines;
    private readonly Dictionary<Vocabulary, bool[]> _coverage = new(ReferenceEqualityComparer.Instance);

    /// <param name="records">Records in the order of their lines.</param>
    /// <param name="tags">Today's tags.</param>
    /// <param name="selection">How many tags a frame may have.</param>
    /// <param name="run">What stayed unanswered in this run is not asked again in it.</param>
    public AnswerTimeline(IReadOnlyList<FrameRecord> records, IReadOnlyList<WantedTag> tags, TagSelection selection, string run)
    {
        records = AdoptedNames.In(records, tags, selection);
        _records = records;
        _tags = tags;
        _selection = selection;
        _run = run;

        // A record can be found by the time that was asked for and by the time of the frame that came: in a video with few
        // frames the two may be far apart, and what was asked for must count as asked.
        var entries = new List<(TimeSpan Time, int Line)>(records.Count * 2);
        for (var line = 0; line < records.Count; line++)
        {
            entries.Add((records[line].Planned, line));
            if (records[line].Time != records[line].Planned)
            {
                entries.Add((records[line].Time, line));
            }
        }

        entries.Sort();
        _times = [.. entries.Select(entry => entry.Time)];
        _lines = [.. entries.Select(entry => entry.Line)];
    }

    /// <summary>Today's tags.</summary>
    public IReadOnlyList<WantedTag> Tags => _tags;

    /// <summary>What is known at a time from answers at most so far away: for each tag the nearest, of equals the first line.</summary>
    public AnswersAt At(TimeSpan time, TimeSpan tolerance)
    {
        var candidates = CandidatesAt(time, tolerance);
        var sources = new FrameRecord?[_tags.Count];
        var tried = new FrameRecord?[_tags.Count];
        var open = _tags.Count;
        foreach (var (_, line) in candidates)
        {
            if (open == 0)
            {
                break;
            }

            var record = _records[line];
            var answered = record.Answer.Tags is not null;
            if (!answered && !string.Equals(record.Run, _run, StringComparison.Ordinal))
            {
                continue;
            }

            var covered = CoverageOf(record.Vocabulary);
            for (var tag = 0; tag < covered.Length; tag++)
            {
                if (!covered[tag] || sources[tag] is not null)
                {
                    continue;
                }

                if (answered)
                {
                    sources[tag] = record;
                    open--;
                }
                else
                {
                    tried[tag] ??= record;
                }
            }
        }

        return new AnswersAt(time, _tags, sources, tried);
    }

    private List<(TimeSpan Distance, int Line)> CandidatesAt(TimeSpan time, TimeSpan tolerance)
    {
        var candidates = new List<(TimeSpan Distance, int Line)>();
        var index = Array.BinarySearch(_times, time - tolerance);
        index = index < 0 ? ~index : index;
        while (index > 0 && _times[index - 1] == time - tolerance)
        {
            index--;
        }

        for (; index < _times.Length && _times[index] <= time + tolerance; index++)
        {
            candidates.Add(((_times[index] - time).Duration(), _lines[index]));
        }

        candidates.Sort();
        return candidates;
    }

    private bool[] CoverageOf(Vocabulary vocabulary)
    {
        if (!_coverage.TryGetValue(vocabulary, out var covered))
        {
            covered = [.. _tags.Select(tag => vocabulary.Covers(tag.Name, tag.DescriptionHash))];
            if (_selection == TagSelection.Single && (vocabulary.Hashes.Count != _tags.Count || covered.Contains(false)))
            {
                covered = new bool[_tags.Count];
            }

            _coverage.Add(vocabulary, covered);
        }

        return covered;
    }
}
