namespace HavenVlm.Core.Vlm.Pool.Limits;

/// <summary>
/// What the measurements so far say about a server: how probable each number of requests is beyond which it does no more work.
/// </summary>
/// <remarks>
/// A server's time per unit of work, with n requests out, is taken to be max(1 + y n, n (1 + y k) / k) times a constant: k requests run at
/// once, each slowed down by the others (y = 0: slots; more: batching), and the rest wait. All pairs of k and y are weighed against the
/// measurements, whose scatter is known from the answers themselves; the constant drops out. So a lucky or unlucky measurement of a few
/// answers decides nothing.
/// </remarks>
internal sealed class LimitEstimate
{
    private const double Step = 1.06;
    private const double UsualVariance = 0.035;
    private const double AnswersOfUsual = 8;
    private const double AnswersRemembered = 300;

    // How well requests that were sent together tell how long requests wait in the long run.
    private const double FirstVariance = 0.015;
    private const double FloorVariance = 0.0004;
    private static readonly double[] Slopes = [0, 0.01, 0.02, 0.04, 0.06, 0.09, 0.13, 0.2, 0.4];

    private readonly List<Datum> _data = [];
    private readonly Model[] _models;
    private readonly double[] _weights;
    private double _variances;
    private double _answers;

    /// <summary>Begins with every number from the least to the most equally probable, on a logarithmic scale.</summary>
    public LimitEstimate(int least, int most)
    {
        var models = new List<Model>();
        for (double slots = least; slots < most * Step; slots *= Step)
        {
            models.AddRange(Slopes.Select(slope => new Model(Math.Min(slots, most), slope)));
        }

        _models = [.. models];
        _weights = new double[_models.Length];
        Array.Fill(_weights, 1.0 / _models.Length);
    }

    private readonly record struct Datum(double Limit, bool IsFirst, double LogTime, double Answers);

    private readonly record struct Model(double Slots, double Slope)
    {
        public double TimeAt(double limit) => Math.Max(1 + (Slope * limit), limit / Slots * (1 + (Slope * Slots)));

        public double LogTimeAt(double limit, bool isFirst)
        {
            var time = TimeAt(limit);
            if (isFirst && limit > Slots)
            {
                // Of requests sent together the first do not wait yet.
                time = (0.75 * time) + (0.25 * (1 + (Slope * Slots)));
            }

            return Math.Log(time);
        }

        /// <summary>The fewest requests at once that do nearly as much as the best number.</summary>
        public double Enough(double share)
        {
            var goal = share * Slots / (1 + (Slope * Slots));
            return goal / (1 - (goal * Slope));
        }
    }

    /// <summary>Adds a measurement.</summary>
    public void Add(LimitLevel level)
    {
        var time = Math.Log(level.TimePerWork);
        // A model that was loaded first, or a cache that was cold: that was another server.
        _data.RemoveAll(old => old.Limit <= level.Limit && old.LogTime > time + Math.Log(2));
        _variances += level.Variance * level.Answers;
        _answers += level.Answers;
        var index = _data.FindIndex(old => !level.IsFirst && !old.IsFirst && old.Limit.Equals(level.Limit));
        if (index >= 0)
        {
            var old = _data[index];
            var total = old.Answers + level.Answers;
            _data[index] = old with
            {
                LogTime = ((old.LogTime * old.Answers) + (time * level.Answers)) / total,
                Answers = Math.Min(total, AnswersRemembered),
            };
        }
        else
        {
            _data.Add(new Datum(level.Limit, level.IsFirst, time, level.Answers));
        }

        Weigh();
    }

    /// <summary>The best number is this or more, with a probability.</summary>
    public double AtLeast(double probability) => Quantile(model => model.Slots, 1 - probability);

    /// <summary>This many do nearly as much as the best number, with a probability.</summary>
    public double Enough(double share, double probability) => Quantile(model => model.Enough(share), probability);

    private void Weigh()
    {
        var variance = ((UsualVariance * AnswersOfUsual) + _variances) / (AnswersOfUsual + _answers);
        var best = double.MinValue;
        for (var m = 0; m < _models.Length; m++)
        {
            _weights[m] = LogLikelihood(_models[m], variance);
            best = Math.Max(best, _weights[m]);
        }

        for (var m = 0; m < _weights.Length; m++)
        {
            _weights[m] = Math.Exp(_weights[m] - best);
        }
    }

    // The constant that all times share is the best for each model.
    private double LogLikelihood(Model model, double variance)
    {
        var (total, sum, squares, logs) = (0.0, 0.0, 0.0, 0.0);
        foreach (var datum in _data)
        {
            var isVague = datum.IsFirst && datum.Limit > model.Slots;
            var spread = (variance / datum.Answers) + FloorVariance + (isVague ? FirstVariance : 0);
            var off = datum.LogTime - model.LogTimeAt(datum.Limit, datum.IsFirst);
            total += 1 / spread;
            sum += off / spread;
            squares += off * off / spread;
            logs += Math.Log(spread);
        }

        return -0.5 * (squares - (sum * sum / total) + logs);
    }

    private double Quantile(Func<Model, double> of, double share)
    {
        var sorted = _models.Select((model, m) => (Value: of(model), Weight: _weights[m])).OrderBy(each => each.Value).ToArray();
        var left = share * sorted.Sum(each => each.Weight);
        foreach (var (value, weight) in sorted)
        {
            left -= weight;
            if (left <= 0)
            {
                return value;
            }
        }

        return sorted[^1].Value;
    }
}
