namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>Finds where between neighbouring answers the next level of adaptive sampling looks.</summary>
internal sealed class SplitFinder(
    TimeGrid grid,
    TimeSpan interval,
    TimeSpan precision,
    TimeSpan coarse,
    Cuts cuts,
    BorderSearch search,
    LookBudget budget,
    int tags
)
{
    // A hidden shot needs a border at either end; below this chance it is not worth a look.
    private const double WorthALook = 0.012;

    // A tag that stays for minutes needs no border to the half second: a hundredth of its length, at most twice the precision.
    private const double ErrorPerLength = 0.01;
    private const double MostErrorInPrecisions = 2;

    // Shorter than this is no shot but a flash.
    private static readonly TimeSpan ShortestShot = TimeSpan.FromMilliseconds(800);

    /// <summary>The next looks. <paramref name="holes"/> are times that are known to give no answer.</summary>
    public IEnumerable<TimeSpan> Find(IReadOnlyList<AnswersAt> known, IReadOnlySet<TimeSpan> holes)
    {
        var pairs = Enumerable.Range(0, Math.Max(0, known.Count - 1)).ToList();
        var differing = pairs.ConvertAll(left => Differing(known[left], known[left + 1]));
        Learn(known, differing);
        var looks = new List<TimeSpan>();
        // Where the least is known first: if the budget ends, what is left unknown is small everywhere.
        foreach (var left in pairs.OrderByDescending(i => known[i + 1].Time - known[i].Time))
        {
            var (a, b) = (known[left].Time, known[left + 1].Time);
            var wanted = differing[left].Count == 0 ? UnseenShots(a, b) : Splits(known, differing, left).Take(1);
            looks.AddRange(wanted.Where(time => IsFree(time, a, b, holes) && budget.Grants()));
        }

        return looks;

        IEnumerable<TimeSpan> Splits(IReadOnlyList<AnswersAt> answers, List<List<int>> all, int left) =>
            IsSettled(answers, all, left)
                ? []
                : Candidates(answers, left, all[left])
                    .Select(TimeGrid.WholeMilliseconds)
                    .Where(time => IsFree(time, answers[left].Time, answers[left + 1].Time, holes));
    }

    private static bool IsFree(TimeSpan time, TimeSpan a, TimeSpan b, IReadOnlySet<TimeSpan> holes) =>
        time > a && time < b && !holes.Contains(time);

    private void Learn(IReadOnlyList<AnswersAt> known, List<List<int>> differing)
    {
        foreach (var isWhole in new[] { true, false })
        {
            var (stretches, borders) = (0, 0);
            for (var left = 0; left < differing.Count; left++)
            {
                var (a, b) = (known[left].Time, known[left + 1].Time);
                if (b - a <= coarse && cuts.Within(a, b) is [var only] && only.IsWhole == isWhole)
                {
                    stretches++;
                    borders += differing[left].Count > 0 ? 1 : 0;
                }
            }

            search.OddsOf(isWhole).Learn(stretches, borders);
        }
    }

    private bool IsSettled(IReadOnlyList<AnswersAt> known, List<List<int>> differing, int left)
    {
        var (a, b) = (known[left].Time, known[left + 1].Time);
        if (b - a <= precision)
        {
            return true;
        }

        var error = search.ExpectedError(a, b);
        return error <= precision / 2
            || (error <= MostErrorInPrecisions * precision && error <= ErrorPerLength * Length(known, differing, left));
    }

    /// <summary>The time to the nearest other place where a tag that differs here changes: the length of the shorter span beside it.</summary>
    private static TimeSpan Length(IReadOnlyList<AnswersAt> known, List<List<int>> differing, int left)
    {
        var shortest = TimeSpan.MaxValue;
        for (var before = left - 1; before >= 0 && known[left].Time - known[before + 1].Time < shortest; before--)
        {
            if (differing[before].Exists(differing[left].Contains))
            {
                shortest = known[left].Time - known[before + 1].Time;
            }
        }

        for (var after = left + 1; after < differing.Count && known[after].Time - known[left + 1].Time < shortest; after++)
        {
            if (differing[after].Exists(differing[left].Contains))
            {
                shortest = known[after].Time - known[left + 1].Time;
            }
        }

        return shortest;
    }

    private IEnumerable<TimeSpan> Candidates(IReadOnlyList<AnswersAt> known, int left, List<int> differing)
    {
        var (a, b) = (known[left].Time, known[left + 1].Time);
        var gap = b - a;
        if (gap > interval * 2)
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
        if (cuts.Within(a, b).IsEmpty)
        {
            // On the grid the look may have been paid for already.
            var onGrid = grid.Nearest(middle);
            if (onGrid >= a + gap / 4 && onGrid <= b - gap / 4)
            {
                yield return onGrid;
            }
        }
        else
        {
            yield return search.Median(a, b);
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
    /// Looks into the shots between two neighbours that agree: something else may have been shown there. The first and the last shot are
    /// those of the neighbours themselves.
    /// </summary>
    private List<TimeSpan> UnseenShots(TimeSpan a, TimeSpan b)
    {
        var looks = new List<TimeSpan>();
        var within = cuts.Within(a, b);
        for (var i = 0; i + 1 < within.Length; i++)
        {
            var (begin, end) = (within[i].Time, within[i + 1]);
            var chance = search.OddsOf(within[i].IsWhole).Share * search.OddsOf(end.IsWhole).Share;
            if (end.Time - begin >= ShortestShot && chance >= WorthALook)
            {
                // A shot that may have ended at any time is looked at where it begins.
                var look = end.After is null ? begin + ((end.Time - begin) / 2) : begin + search.Settling;
                looks.Add(TimeGrid.WholeMilliseconds(look));
            }
        }

        return looks;
    }
}
