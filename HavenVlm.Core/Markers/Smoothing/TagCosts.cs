namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>
/// What each step of a path costs, in whole thousandths of a nat: the page computes the same numbers, and of equal sums the same one is
/// taken.
/// </summary>
internal sealed class TagCosts
{
    // A wrong change costs more than a wrong look in between: short of what the dwell times alone say.
    private const double ChangeShare = 0.85;
    private const double ChangeMillinats = 340;

    // An error lasts for twice as long as it takes evidence to count again.
    private const double EvidenceShare = 0.5;
    private const int Most = 50_000;
    private readonly Step[] _steps;

    /// <param name="looks">The looks.</param>
    /// <param name="rates">How answers about the tag come about.</param>
    /// <param name="parameters">What holds for all tags.</param>
    /// <param name="strength">1 = as learned; more = fewer changes.</param>
    public TagCosts(TagLooks looks, TagRates rates, SmoothingParameters parameters, double strength)
    {
        FirstOn = Of(rates.OnShare);
        FirstOff = Of(1 - rates.OnShare);
        _steps = new Step[looks.Count];
        for (var i = 0; i < _steps.Length; i++)
        {
            var (on, off) = Evidence(looks, i, rates, parameters);
            var step =
                i == 0 ? default
                : i > 1 && looks.Exposure(i).Equals(looks.Exposure(i - 1)) ? _steps[i - 1]
                : Changing(rates, looks.Exposure(i), strength);
            _steps[i] = step with { On = on, Off = off };
        }
    }

    /// <summary>Costs of one look and of the time before it.</summary>
    /// <param name="Start">Coming on.</param>
    /// <param name="End">Going off.</param>
    /// <param name="StayOn">Being on before and after.</param>
    /// <param name="StayOff">Being off before and after.</param>
    /// <param name="On">What the look says, if the tag is on.</param>
    /// <param name="Off">What the look says, if it is off.</param>
    public readonly record struct Step(int Start, int End, int StayOn, int StayOff, int On, int Off);

    /// <summary>How many looks there are.</summary>
    public int Count => _steps.Length;

    /// <summary>Being on at the first look.</summary>
    public int FirstOn { get; }

    /// <summary>Being off at the first look.</summary>
    public int FirstOff { get; }

    /// <summary>The costs of a look.</summary>
    public Step this[int index] => _steps[index];

    private static Step Changing(TagRates rates, double seconds, double strength)
    {
        var (toOn, toOff) = rates.Changed(seconds);
        return new Step(Change(toOn), Change(toOff), Of(1 - toOff), Of(1 - toOn), 0, 0);

        int Change(double probability) => Rounded(strength * ((ChangeShare * Of(probability)) + ChangeMillinats));
    }

    /// <summary>Both costs less the smaller one: only their difference counts.</summary>
    private static (int On, int Off) Evidence(TagLooks looks, int index, TagRates rates, SmoothingParameters parameters)
    {
        var look = looks[index];
        if (look.Evidence == LookEvidence.None)
        {
            return (0, 0);
        }

        var isPositive = look.Evidence == LookEvidence.Positive;
        var on = Of(isPositive ? 1 - rates.Miss : rates.Miss);
        var off = Of(isPositive ? rates.Imagine : 1 - rates.Imagine);
        if (isPositive && look.Bin >= 0 && parameters.Bins.Count > 0)
        {
            off += parameters.Bins[look.Bin];
        }

        var difference = Rounded((1 - looks.Lasting(index, parameters.ErrorSeconds * EvidenceShare)) * (on - off));
        return difference > 0 ? (difference, 0) : (0, -difference);
    }

    private static int Of(double probability) => probability <= 0 ? Most : Math.Min(Most, Rounded(-1000 * Math.Log(probability)));

    /// <summary>As <c>Math.round</c> of the page does.</summary>
    private static int Rounded(double value) => (int)Math.Floor(value + 0.5);
}
