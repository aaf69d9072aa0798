using HavenVlm.Core.Media;

namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>Finds where between neighbouring answers the next level of adaptive sampling looks.</summary>
internal sealed class SplitFinder(TimeGrid grid, TimeSpan interval, TimeSpan precision, IReadOnlyList<PictureChange> changes, int tags)
{
    private readonly LookBudget _budget = new(grid);
    private readonly TimeSpan[] _changes = [.. changes.Select(change => change.Time)];

    /// <summary>The next looks. <paramref name="holes"/> are times that are known to give no answer.</summary>
    public IEnumerable<TimeSpan> Find(IReadOnlyList<AnswersAt> known, IReadOnlySet<TimeSpan> holes)
    {
        var looks = new List<TimeSpan>();
        // Where the least is known first: if the budget ends, what is left unknown is small everywhere.
        foreach (var left in Enumerable.Range(0, Math.Max(0, known.Count - 1)).OrderByDescending(i => known[i + 1].Time - known[i].Time))
        {
            var (a, b) = (known[left], known[left + 1]);
            var differing = Differing(a, b);
            if (differing.Count == 0)
            {
                looks.AddRange(UnseenShots(a.Time, b.Time).Where(time => !holes.Contains(time)));
            }
            else if (b.Time - a.Time > precision && Split(known, left, differing, holes) is { } split)
            {
                looks.Add(split);
            }
        }

        return looks;
    }

    private TimeSpan? Split(IReadOnlyList<AnswersAt> known, int left, List<int> differing, IReadOnlySet<TimeSpan> holes)
    {
        var (a, b) = (known[left].Time, known[left + 1].Time);
        foreach (var candidate in Candidates(known, left, differing))
        {
            var time = TimeGrid.WholeMilliseconds(candidate);
            if (time > a && time < b && !holes.Contains(time) && _budget.Grants(time))
            {
                return time;
            }
        }

        return null;
    }

    private IEnumerable<TimeSpan> Candidates(IReadOnlyList<AnswersAt> known, int left, List<int> differing)
    {
        var (a, b) = (known[left].Time, known[left + 1].Time);
        var gap = b - a;
        if (gap > precision * 2)
        {
            // A lone answer unlike both its neighbours is a very short scene or a mistake of the model. Looking right beside it first
            // settles a mistake with two looks, where halving the way to both neighbours would take a dozen.
            if (IsAlone(known, left + 1, differing))
            {
                yield return b - precision;
            }
            else if (IsAlone(known, left, differing))
            {
                yield return a + precision;
            }
        }

        var middle = a + gap / 2;
        var onGrid = grid.Nearest(middle);
        if (onGrid >= a + gap / 4 && onGrid <= b - gap / 4)
        {
            yield return onGrid;
        }

        yield return middle;
        // Only when the middle gives no answer.
        yield return a + gap * 3 / 8;
        yield return a + gap * 5 / 8;
    }

    private static bool IsAlone(IReadOnlyList<AnswersAt> known, int index, List<int> differing) =>
        index > 0
        && index + 1 < known.Count
        && differing.TrueForAll(tag =>
            known[index - 1].IsKnown(tag)
            && known[index + 1].IsKnown(tag)
            && known[index - 1].IsOn(tag) != known[index].IsOn(tag)
            && known[index + 1].IsOn(tag) != known[index].IsOn(tag)
        );

    private List<int> Differing(AnswersAt a, AnswersAt b)
    {
        var differing = new List<int>();
        for (var tag = 0; tag < tags; tag++)
        {
            if (a.IsKnown(tag) && b.IsKnown(tag) && a.IsOn(tag) != b.IsOn(tag))
            {
                differing.Add(tag);
            }
        }

        return differing;
    }

    /// <summary>
    /// The middles of the shots between two neighbours: something else may have been shown there. The first and the last shot are
    /// those of the neighbours themselves (a change exactly at the second neighbour ends a shot that neither saw); one shorter than the
    /// interval could escape linear sampling too.
    /// </summary>
    private IEnumerable<TimeSpan> UnseenShots(TimeSpan a, TimeSpan b)
    {
        if (b - a <= interval)
        {
            yield break;
        }

        var index = Array.BinarySearch(_changes, a);
        index = index < 0 ? ~index : index + 1;
        for (; index + 1 < _changes.Length && _changes[index + 1] <= b; index++)
        {
            var (begin, end) = (_changes[index], _changes[index + 1]);
            var look = grid.Nearest(begin + (end - begin) / 2);
            if (end - begin >= interval && look > a && look < b)
            {
                yield return look;
            }
        }
    }
}
