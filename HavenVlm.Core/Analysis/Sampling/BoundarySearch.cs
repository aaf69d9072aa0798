namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>
/// Where in a stretch whose ends differ the border probably lies. Borders without a cut are spread evenly, each cut has odds of being
/// one; how good these are is learned from the answers of the same video. The next look halves the probability, not the time (the
/// search for a change point by the median of its posterior: Horstein 1963, "Sequential transmission using noiseless feedback").
/// </summary>
internal sealed class BoundarySearch(Cuts cuts, TimeSpan settling)
{
    // Believed before anything was seen: twenty borders an hour that no cut announces, as if four had been met.
    private const double PriorBoundaries = 4;
    private const double PriorSeconds = PriorBoundaries * 180;
    private readonly BoundaryOdds _whole = new(1.5, 3);
    private readonly BoundaryOdds _small = new(0.6, 3);

    /// <summary>So far from a cut the picture is surely of one side.</summary>
    public TimeSpan Settling => settling;

    /// <summary>Borders a second that no cut announces.</summary>
    public double PerSecond { get; private set; } = PriorBoundaries / PriorSeconds;

    /// <summary>Takes in how many borders were met in stretches without a change, and how long these are together.</summary>
    public void Learn(int borders, double seconds) => PerSecond = (borders + PriorBoundaries) / (seconds + PriorSeconds);

    /// <summary>The odds of changes of this kind.</summary>
    /// <param name="isWhole">Whether the whole picture changes.</param>
    public BoundaryOdds OddsOf(bool isWhole) => isWhole ? _whole : _small;

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
            parts.AddRange(Even(end, begin));
            // A border without a cut may lie there too.
            parts.Add(new Part(begin, cut.Time, OddsOf(cut.IsWhole).Mass + (PerSecond * (cut.Time - begin).TotalSeconds)));
            end = cut.Time;
        }

        parts.AddRange(Even(end, b));
        return parts;
    }

    private IEnumerable<Part> Even(TimeSpan from, TimeSpan to) =>
        to > from ? [new Part(from, to, PerSecond * (to - from).TotalSeconds)] : [];

    /// <summary>A stretch, or a moment, with the expected number of borders in it.</summary>
    private readonly record struct Part(TimeSpan From, TimeSpan To, double Mass);
}
