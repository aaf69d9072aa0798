namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>The expectation step: what a scene's looks are expected to have come to, by some numbers.</summary>
internal sealed class SmoothingExpectation
{
    // Errors of looks further apart are not compared.
    private const double LongestStep = 10;
    private readonly SmoothingParameters _parameters;
    private readonly double[] _binsOn = new double[ConfidenceBins.Count];
    private readonly double[] _binsOff = new double[ConfidenceBins.Count];
    private readonly Dictionary<string, TagStatistics> _tags = new(StringComparer.Ordinal);
    private double _followed;
    private double _repeated;
    private double _followedSeconds;
    private double _logLikelihood;

    private SmoothingExpectation(SmoothingParameters parameters) => _parameters = parameters;

    /// <summary>Expected counts, and the logarithm of the probability of all that was seen.</summary>
    public static (SmoothingStatistics Counted, double LogLikelihood) Of(
        IReadOnlyDictionary<string, TagLooks> tags,
        SmoothingParameters parameters
    )
    {
        var expectation = new SmoothingExpectation(parameters);
        foreach (var (name, looks) in tags)
        {
            expectation._tags.Add(name, expectation.Count(name, looks));
        }

        var counted = new SmoothingStatistics
        {
            Tags = expectation._tags,
            Followed = expectation._followed,
            Repeated = expectation._repeated,
            FollowedSeconds = expectation._followedSeconds,
            BinsOn = expectation._binsOn,
            BinsOff = expectation._binsOff,
        };
        return (counted, expectation._logLikelihood);
    }

    private TagStatistics Count(string name, TagLooks looks)
    {
        var rates = _parameters.Of(name);
        var emissions = Emission.Of(looks, rates, _parameters.ErrorSeconds, _parameters.Bins);
        var posterior = new Posterior(looks, rates, emissions);
        _logLikelihood += posterior.LogLikelihood;
        double onLooks = 0;
        double missed = 0;
        double offLooks = 0;
        double imagined = 0;
        double starts = 0;
        double ends = 0;
        double onSeconds = 0;
        double offSeconds = 0;
        for (var i = 0; i < looks.Count; i++)
        {
            var isOn = posterior.On(i);
            var since = posterior.Since(i);
            if (looks[i].Evidence != LookEvidence.None)
            {
                // What only repeats an earlier draw is no draw of its own.
                var onRepeated = since.StaysOn * emissions[i].Copied / emissions[i].StayOn;
                var offRepeated = since.StaysOff * emissions[i].Copied / emissions[i].StayOff;
                CountRepeats(looks, i, since.StaysOn + since.StaysOff, onRepeated + offRepeated);
                var (on, off) = (isOn - onRepeated, 1 - isOn - offRepeated);
                var isPositive = looks[i].Evidence == LookEvidence.Positive;
                onLooks += on;
                offLooks += off;
                missed += isPositive ? 0 : on;
                imagined += isPositive ? off : 0;
                CountBin(looks[i], on, off);
            }

            if (i > 0)
            {
                starts += since.Starts;
                ends += since.Ends;
                var half = (isOn + posterior.On(i - 1)) / 2;
                onSeconds += half * looks.Exposure(i);
                offSeconds += (1 - half) * looks.Exposure(i);
            }
        }

        return new TagStatistics
        {
            OnLooks = onLooks,
            Missed = missed,
            OffLooks = offLooks,
            Imagined = imagined,
            Starts = starts,
            Ends = ends,
            OnSeconds = onSeconds,
            OffSeconds = offSeconds,
        };
    }

    private void CountRepeats(TagLooks looks, int index, double stays, double repeated)
    {
        if (looks.SinceEvidence(index) <= LongestStep)
        {
            _followed += stays;
            _repeated += repeated;
            _followedSeconds += stays * looks.SinceEvidence(index);
        }
    }

    private void CountBin(Look look, double on, double off)
    {
        if (look is { Evidence: LookEvidence.Positive, Bin: >= 0 })
        {
            _binsOn[look.Bin] += on;
            _binsOff[look.Bin] += off;
        }
    }
}
