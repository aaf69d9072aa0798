namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>
/// Where in a stretch whose ends differ the border probably lies. Borders without a cut are spread evenly, each cut has odds of being
/// one; how good these are is learned from the answers of the same video. The next look halves the probability, not the time (the
/// search for a change point by the median of its posterior: Horstein 1963, "Sequential transmission using noiseless feedback").
/// </summary>
internal sealed class BorderSearch(Cuts cuts, TimeSpan settling)
{
    // Borders that no cut announces: about twenty an hour.
    private const double PerSecond = 1.0 / 180;
    private const double PriorBorders = 1.5;
    private const double PriorCuts = 3;
    private const double FewestBorders = 0.02;
    private const double MostBorders = 0.9;

    private double _cutOdds = OddsOf(PriorBorders / PriorCuts);

    /// <summary>Share of the cuts that are borders, as far as is known, 0 to 1.</summary>
    public double BordersPerCut { get; private set; } = PriorBorders / PriorCuts;

    /// <summary>Learns from stretches with exactly one cut how often such a cut was a border.</summary>
    public void Learn(int stretches, int borders)
    {
        BordersPerCut = Math.Clamp((borders + PriorBorders) / (stretches + PriorCuts), FewestBorders, MostBorders);
        _cutOdds = OddsOf(BordersPerCut);
    }

    /// <summary>How far the border is expected to lie from <paramref name="b"/>, where the answers of <paramref name="a"/> end.</summary>
    public TimeSpan ExpectedError(TimeSpan a, TimeSpan b)
    {
        double mass = 0;
        double error = 0;
        foreach (var part in Parts(a, b))
        {
            mass += part.Mass;
            error += part.Mass * (b - (part.From + ((part.To - part.From) / 2))).TotalSeconds;
        }

        return mass == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(error / mass);
    }

    /// <summary>The look that tells most: the border is as probably before it as after it.</summary>
    public TimeSpan Median(TimeSpan a, TimeSpan b)
    {
        var parts = Parts(a, b);
        var half = parts.Sum(part => part.Mass) / 2;
        foreach (var part in parts)
        {
            if (part.Mass < half)
            {
                half -= part.Mass;
            }
            else if (part.To > part.From)
            {
                return part.From + ((part.To - part.From) * (half / part.Mass));
            }
            else
            {
                return Beside(part.To, a, b, isAfterBetter: part.Mass - half <= half);
            }
        }

        return a + ((b - a) / 2);
    }

    /// <summary>A moment after a cut, or before it where that tells more or the stretch leaves no room.</summary>
    private TimeSpan Beside(TimeSpan cut, TimeSpan a, TimeSpan b, bool isAfterBetter)
    {
        var (before, after) = (cut - settling, cut + settling);
        return isAfterBetter && after < b || before <= a ? after : before;
    }

    private List<Part> Parts(TimeSpan a, TimeSpan b)
    {
        var parts = new List<Part>();
        var end = a;
        foreach (var cut in cuts.Within(a, b))
        {
            var begin =
                cut.After is { } after && after > end ? after
                : cut.After is null ? cut.Time
                : end;
            AddEven(parts, end, begin);
            // A border without a cut may lie there too.
            parts.Add(new Part(begin, cut.Time, _cutOdds + (PerSecond * (cut.Time - begin).TotalSeconds)));
            end = cut.Time;
        }

        AddEven(parts, end, b);
        return parts;
    }

    private static void AddEven(List<Part> parts, TimeSpan from, TimeSpan to)
    {
        if (to > from)
        {
            parts.Add(new Part(from, to, PerSecond * (to - from).TotalSeconds));
        }
    }

    private static double OddsOf(double probability) => -Math.Log(1 - probability);

    /// <summary>A stretch, or a moment, with the expected number of borders in it.</summary>
    private readonly record struct Part(TimeSpan From, TimeSpan To, double Mass);
}
