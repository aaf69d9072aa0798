namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>
/// Probabilities of where a tag is on, given all looks, by the forward-backward algorithm (Baum, Petrie, Soules and Weiss 1970), with
/// transition probabilities of the time that lies between two looks.
/// </summary>
internal sealed class Posterior
{
    private readonly TagLooks _looks;
    private readonly Emission[] _emissions;
    private readonly double[] _forward;
    private readonly (double ToOn, double ToOff)[] _changed;
    private readonly double[] _on;
    private readonly Pair[] _pairs;

    /// <param name="looks">The looks.</param>
    /// <param name="rates">How answers about the tag come about.</param>
    /// <param name="emissions">Likelihoods of what each look says.</param>
    public Posterior(TagLooks looks, TagRates rates, Emission[] emissions)
    {
        _looks = looks;
        _emissions = emissions;
        _forward = new double[looks.Count];
        _changed = new (double ToOn, double ToOff)[looks.Count];
        _on = new double[looks.Count];
        _pairs = new Pair[looks.Count];
        if (looks.Count > 0)
        {
            Forward(rates);
            Backward();
        }
    }

    /// <summary>Probabilities of what the tag did between a look and the one before.</summary>
    public readonly record struct Pair(double StaysOn, double StaysOff, double Starts, double Ends);

    /// <summary>Logarithm of the probability of all that was seen.</summary>
    public double LogLikelihood { get; private set; }

    /// <summary>Probability that the tag is on at a look.</summary>
    public double On(int index) => _on[index];

    /// <summary>What it did since the look before; nothing for the first.</summary>
    public Pair Since(int index) => _pairs[index];

    private void Forward(TagRates rates)
    {
        Normalize(0, rates.OnShare * _emissions[0].On, (1 - rates.OnShare) * _emissions[0].Off);
        for (var i = 1; i < _forward.Length; i++)
        {
            _changed[i] = i > 1 && _looks.Exposure(i).Equals(_looks.Exposure(i - 1)) ? _changed[i - 1] : rates.Changed(_looks.Exposure(i));
            var (toOn, toOff) = _changed[i];
            var (on, off) = (_forward[i - 1], 1 - _forward[i - 1]);
            Normalize(
                i,
                (on * (1 - toOff) * _emissions[i].StayOn) + (off * toOn * _emissions[i].On),
                (on * toOff * _emissions[i].Off) + (off * (1 - toOn) * _emissions[i].StayOff)
            );
        }
    }

    private void Normalize(int index, double on, double off)
    {
        LogLikelihood += Math.Log(on + off);
        _forward[index] = on / (on + off);
    }

    private void Backward()
    {
        var (on, off) = (1.0, 1.0);
        _on[^1] = _forward[^1];
        for (var i = _forward.Length - 1; i > 0; i--)
        {
            var (toOn, toOff) = _changed[i];
            var (stayOn, end) = ((1 - toOff) * _emissions[i].StayOn * on, toOff * _emissions[i].Off * off);
            var (start, stayOff) = (toOn * _emissions[i].On * on, (1 - toOn) * _emissions[i].StayOff * off);
            var before = _forward[i - 1];
            var pair = new Pair(before * stayOn, (1 - before) * stayOff, (1 - before) * start, before * end);
            var all = pair.StaysOn + pair.StaysOff + pair.Starts + pair.Ends;
            _pairs[i] = new Pair(pair.StaysOn / all, pair.StaysOff / all, pair.Starts / all, pair.Ends / all);
            _on[i - 1] = _pairs[i].StaysOn + _pairs[i].Ends;
            (on, off) = (stayOn + end, start + stayOff);
            (on, off) = (on / (on + off), off / (on + off));
        }
    }
}
