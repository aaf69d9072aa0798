namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>The looks at one tag in the order of time, with the time in which the tag may have changed before each.</summary>
internal sealed class TagLooks
{
    private readonly Look[] _looks;
    private readonly double[] _exposure;
    private readonly double[] _sinceEvidence;
    private readonly bool[] _same;

    /// <param name="looks">In the order of time.</param>
    /// <param name="cuts">Times of cuts, in order.</param>
    /// <param name="cutSeconds">A cut raises the odds of a change as so many seconds do.</param>
    public TagLooks(IReadOnlyList<Look> looks, IReadOnlyList<double> cuts, double cutSeconds)
    {
        _looks = [.. looks];
        _exposure = new double[_looks.Length];
        _sinceEvidence = new double[_looks.Length];
        _same = new bool[_looks.Length];
        var said = LookEvidence.None;
        var cut = 0;
        double? evidence = null;
        for (var i = 0; i < _looks.Length; i++)
        {
            var crossed = 0;
            for (; cut < cuts.Count && cuts[cut] <= _looks[i].Seconds; cut++)
            {
                crossed++;
            }

            Positives += _looks[i].Evidence == LookEvidence.Positive ? 1 : 0;
            _exposure[i] = i == 0 ? 0 : _looks[i].Seconds - _looks[i - 1].Seconds + (crossed * cutSeconds);
            _sinceEvidence[i] = evidence is { } last ? _looks[i].Seconds - last : double.PositiveInfinity;
            evidence = _looks[i].Evidence == LookEvidence.None ? evidence : _looks[i].Seconds;
            _same[i] = said == _looks[i].Evidence && said != LookEvidence.None;
            said = _looks[i].Evidence == LookEvidence.None ? said : _looks[i].Evidence;
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => _looks.Length;

    /// <summary>How many of them saw the tag.</summary>
    public int Positives { get; }

    /// <summary>A look.</summary>
    public Look this[int index] => _looks[index];

    /// <summary>Where the tag was seen, every answer taken at its word.</summary>
    public bool[] AtTheirWord() => Array.ConvertAll(_looks, look => look.IsPositive);

    /// <summary>Seconds since the look before, and what the cuts in between count for.</summary>
    public double Exposure(int index) => _exposure[index];

    /// <summary>Seconds since the last look that said something; infinite = there was none.</summary>
    public double SinceEvidence(int index) => _sinceEvidence[index];

    /// <summary>Whether a look says the same as the one before that said something.</summary>
    public bool IsSame(int index) => _same[index];

    /// <summary>Probability that what a look answers is the draw of the one before.</summary>
    public double Lasting(int index, double correlation) => correlation <= 0 ? 0 : Math.Exp(-_sinceEvidence[index] / correlation);
}
