namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>Finds where between neighboring answers the next level of adaptive sampling looks.</summary>
internal sealed class SplitFinder(
    TimeGrid grid,
    TimeSpan interval,
    TimeSpan precision,
    TimeSpan coarse,
    Cuts cuts,
    BoundarySearch search,
    SampleBudget budget,
    int tags
)
{
    // A shot in which something else is shown needs a border at either end; below this chance it is not worth a look.
    private const double MinChance = 0.05;

    // So much of the interval must be expected to hide between neighbors that agree.
    private const double MinHiddenGain = 0.25;

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
            var wanted = differing[left].Count == 0 ? [.. UnseenShots(a, b), .. Hidden(a, b)] : Splits(known, differing, left).Take(1);
            looks.AddRange(wanted.Where(time => IsFree(time, a, b, holes) && budget.TrySpend()));
        }

        return looks;

        IEnumerable<TimeSpan> Splits(IReadOnlyList<AnswersAt> answers, List<List<int>> all, int left) =>
            IsSettled(answers[left].Time, answers[left + 1].Time)
                ? []
                : Candidates(answers, left, all[left])
                    .Select(TimeGrid.WholeMilliseconds)
                    .Where(time => IsFree(time, answers[left].Time, answers[left + 1].Time, holes));
    }

    private static bool IsFree(TimeSpan time, TimeSpan a, TimeSpan b, IReadOnlySet<TimeSpan> holes) =>
        time > a && time < b && !holes.Contains(time);

    /// <summary>
    /// Stretches without a change tell how many borders come unannounced. These are also there where a cut is, and say nothing about it.
    /// </summary>
    private void Learn(IReadOnlyList<AnswersAt> known, List<List<int>> differing)
    {
        var (seconds, unannounced) = (0.0, 0);
        var (whole, small) = (new Tally(), new Tally());
        for (var left = 0; left < differing.Count; left++)
        {
            var (a, b) = (known[left].Time, known[left + 1].Time);
            var within = cuts.Within(a, b);
            if (b - a > coarse || within.Length > 1)
            {
                continue;
            }

            // A lone answer unlike both its neighbors is a mistake more often than two borders.
            var border =
                differing[left].Count > 0 && !IsAlone(known, left, differing[left]) && !IsAlone(known, left + 1, differing[left]) ? 1 : 0;
            if (within is [var only])
            {
                (only.IsWhole ? whole : small).Add(border, (b - a).TotalSeconds);
            }
            else
            {
                seconds += (b - a).TotalSeconds;
                unannounced += border;
            }
        }

        search.Learn(unannounced, seconds);
        whole.Teach(search.OddsOf(isWhole: true), search.PerSecond);
        small.Teach(search.OddsOf(isWhole: false), search.PerSecond);
    }

    private bool IsSettled(TimeSpan a, TimeSpan b) => b - a <= precision || search.ExpectedError(a, b) <= precision / 2;

    private IEnumerable<TimeSpan> Candidates(IReadOnlyList<AnswersAt> known, int left, List<int> differing)
    {
        var (a, b) = (known[left].Time, known[left + 1].Time);
        var gap = b - a;
        if (gap > interval * 2)
        {
            // A lone answer unlike both its neighbors is a very short scene or a mistake of the model. Looking right beside it first
            // settles a mistake with two looks, where halving the way to both neighbors would take a dozen.
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
    /// Looks into the shots between two neighbors that agree: something else may have been shown there. The first and the last shot are
    /// those of the neighbors themselves.
    /// </summary>
    private List<TimeSpan> UnseenShots(TimeSpan a, TimeSpan b)
    {
        var looks = new List<TimeSpan>();
        var within = cuts.Within(a, b);
        for (var i = 0; i + 1 < within.Length; i++)
        {
            var (begin, end) = (within[i].Time, within[i + 1]);
            var chance = search.OddsOf(within[i].IsWhole).Share * search.OddsOf(end.IsWhole).Share;
            if (end.Time - begin >= ShortestShot && chance >= MinChance)
            {
                // A shot that may have ended at any time is sampled where it begins.
                var look = end.After is null ? begin + ((end.Time - begin) / 2) : begin + search.Settling;
                looks.Add(TimeGrid.WholeMilliseconds(look));
            }
        }

        return looks;
    }

    /// <summary>
    /// The middle between two neighbors that agree, where borders without a cut are so frequent in this video that something probably
    /// came and went between them. Of two moments at random in a stretch the distance is a third of it on average.
    /// </summary>
    private IEnumerable<TimeSpan> Hidden(TimeSpan a, TimeSpan b)
    {
        var borders = search.PerSecond * (b - a).TotalSeconds;
        return b - a > interval * 2 && borders * borders / 2 * ((b - a) / 3) >= interval * MinHiddenGain
            ? [grid.Nearest(a + ((b - a) / 2))]
            : [];
    }

    /// <summary>What was met in stretches with one change of a kind.</summary>
    private sealed class Tally
    {
        private readonly List<(int Borders, double Seconds)> _stretches = [];

        public void Add(int borders, double seconds) => _stretches.Add((borders, seconds));

        public void Teach(BoundaryOdds odds, double perSecond)
        {
            var anyway = _stretches.Sum(stretch => 1 - Math.Exp(-perSecond * stretch.Seconds));
            odds.Learn(_stretches.Count - anyway, Math.Max(0, _stretches.Sum(stretch => stretch.Borders) - anyway));
        }
    }
}
