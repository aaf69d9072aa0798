using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>
/// A coarse pass, then level by level closer looks: between neighbors whose answers differ, where the border most probably lies, down to
/// the boundary precision; and into shots that no look fell into. <see cref="SampleBudget"/> keeps it from asking more than linear sampling
/// does, however erratic the answers are.
/// </summary>
internal sealed class AdaptiveSampling
{
    // A frame that cannot be had must not blind a whole coarse interval: so many grid times after it are tried instead.
    private const int Substitutes = 3;
    private const int CoarseSteps = 15;
    private const int MinCoarseSamples = 8;

    // A look beside a cut must not be served by a frame on its other side.
    private const double SettlingInTolerances = 1.2;
    private static readonly TimeSpan LongestCoarseInterval = TimeSpan.FromSeconds(60);

    private readonly SamplingInput _input;
    private readonly AnswerTimeline _timeline;
    private readonly TimeGrid _grid;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _tolerance;
    private readonly SplitFinder _splits;
    private readonly List<TimeSpan> _coarse;
    private readonly List<AnswersAt> _points = [];
    private readonly List<AnswersAt> _dropped = [];
    private readonly Dictionary<TimeSpan, int> _substitutes = [];
    private bool _isCoarse;

    public AdaptiveSampling(SamplingInput input, AnswerTimeline timeline)
    {
        _input = input;
        _timeline = timeline;
        _interval = input.Settings.FrameInterval;
        _grid = new TimeGrid(input.Duration, _interval);
        var precision = TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, input.Settings.BoundaryPrecision.Ticks));
        // Answers of neighboring looks must not serve each other.
        _tolerance = (_interval < precision ? _interval : precision) / 4;
        var coarse = CoarseTimes();
        var cuts = new Cuts(input.Changes);
        _splits = new SplitFinder(
            _grid,
            _interval,
            precision,
            _interval * CoarseSteps,
            cuts,
            new BoundarySearch(cuts, _tolerance * SettlingInTolerances),
            new SampleBudget(_grid.Count, coarse.Count),
            input.Tags.Count
        );
        _coarse = coarse;
    }

    /// <summary>Goes through the levels as far as the log has answers.</summary>
    public SamplingState Find()
    {
        var times = _coarse;
        for (var level = 0; times.Count > 0; level++)
        {
            IReadOnlyList<AnswersAt> looks = [.. times.Select(time => _timeline.At(time, _tolerance))];
            var lacking = MissingAnswers.In(looks);
            foreach (var look in looks)
            {
                Place(look, level);
            }

            _points.Sort((a, b) => a.Time.CompareTo(b.Time));
            if (lacking.Count > 0)
            {
                return State(lacking, _isCoarse);
            }

            times = NextTimes();
        }

        return State([], _isCoarse);
    }

    private SamplingState State(IReadOnlyList<WantedFrame> wanted, bool wantsChanges) =>
        new(_points, _dropped, wanted, _tolerance, wantsChanges);

    /// <summary>Every so many steps of the grid, and its last time, so that no part of the video lies outside.</summary>
    private List<TimeSpan> CoarseTimes()
    {
        var longest = (int)Math.Clamp(LongestCoarseInterval / _interval, 1, CoarseSteps);
        var step = Math.Clamp(_grid.Count / MinCoarseSamples, 1, longest);
        var times = new List<TimeSpan>();
        for (var index = 0; index < _grid.Count; index += step)
        {
            times.Add(_grid[index]);
        }

        if (times[^1] != _grid[_grid.Count - 1])
        {
            times.Add(_grid[_grid.Count - 1]);
        }

        _isCoarse = step > 1;
        foreach (var time in times)
        {
            _substitutes[time] = 0;
        }

        return times;
    }

    /// <summary>
    /// A time of the coarse pass without an answer is a hole. A closer look without one is none for what its neighbors saw: they stand
    /// for that time. For what they did not see it is, see <see cref="SceneAnswers.Timeline"/>.
    /// </summary>
    private void Place(AnswersAt look, int level)
    {
        if (look.AnyKnown || level == 0 || _substitutes.ContainsKey(look.Time))
        {
            _points.Add(look);
        }
        else
        {
            _dropped.Add(look);
        }
    }

    private List<TimeSpan> NextTimes()
    {
        var known = _points.Where(point => point.AnyKnown).ToList();
        var holes = _points.Concat(_dropped).Where(point => !point.AnyKnown).Select(point => point.Time).ToHashSet();
        var times = new SortedSet<TimeSpan>(_splits.Find(known, holes));
        for (var i = 0; i < _points.Count; i++)
        {
            if (SubstituteFor(i) is { } substitute)
            {
                times.Add(substitute);
            }
        }

        return [.. times];
    }

    private TimeSpan? SubstituteFor(int index)
    {
        var point = _points[index];
        var next = index + 1 < _points.Count ? _points[index + 1].Time : _input.Duration;
        if (point.AnyKnown || next - point.Time <= _interval || _substitutes.GetValueOrDefault(point.Time) >= Substitutes)
        {
            return null;
        }

        var substitute = TimeGrid.WholeMilliseconds(point.Time + _interval);
        _substitutes[substitute] = _substitutes.GetValueOrDefault(point.Time) + 1;
        return substitute;
    }
}
