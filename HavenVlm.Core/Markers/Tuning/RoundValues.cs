namespace HavenVlm.Core.Markers.Tuning;

/// <summary>The roundest value within bounds: what was found is not written more exactly than it is known.</summary>
internal static class RoundValues
{
    private static readonly decimal[] ThresholdSteps = [0.1m, 0.05m, 0.01m, 0.005m, 0.001m, 0.0001m];
    private static readonly long[] DurationSteps = [60_000, 30_000, 10_000, 5_000, 1_000, 500, 100, 50, 10, 1];

    /// <summary>A threshold above one value and up to another, as far from both as its roundness allows.</summary>
    public static double Threshold(double above, double upTo)
    {
        if (upTo <= 0)
        {
            return upTo;
        }

        foreach (var step in ThresholdSteps)
        {
            // The middle's neighbors: if any multiple lies within, one of these does or the bound itself does.
            var middle = decimal.Floor((decimal)((above + upTo) / 2) / step) * step;
            decimal[] candidates = [middle, middle + step];
            var inside = candidates.Where(value => (double)value > above && (double)value <= upTo).ToList();
            if (inside.Count > 0)
            {
                return (double)inside.MinBy(value => Math.Abs((double)value - ((above + upTo) / 2)));
            }
        }

        return upTo;
    }

    /// <summary>A duration above one value and up to another, in whole milliseconds where there is one; not far beyond what is needed.</summary>
    public static TimeSpan Duration(TimeSpan above, TimeSpan upTo, TimeSpan inForce)
    {
        var low = above;
        var high = upTo;
        if (inForce <= above)
        {
            var enough = above + (above / 2) + TimeSpan.FromSeconds(1);
            high = enough < upTo ? enough : upTo;
        }
        else
        {
            var enough = upTo * 2 / 3;
            low = enough > above ? enough : above;
        }

        foreach (var step in DurationSteps)
        {
            var middle = (low.TotalMilliseconds + high.TotalMilliseconds) / 2;
            var first = (long)Math.Floor(middle / step) * step;
            var inside = new[] { first, first + step }
                .Select(value => TimeSpan.FromMilliseconds(value))
                .Where(value => value > low && value <= high && value >= TimeSpan.Zero)
                .ToList();
            if (inside.Count > 0)
            {
                return inside.MinBy(value => Math.Abs(value.TotalMilliseconds - middle));
            }
        }

        return high;
    }
}
