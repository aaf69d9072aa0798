namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>Where a tag is on: the path that costs least, and how probable it is that the tag is on at each look.</summary>
internal static class TagPath
{
    // e to the power of minus 2^k thousandths. Products of these are the same to the last bit in every language.
    private static readonly double[] Powers =
    [
        0.999000499833375,
        0.9980019986673331,
        0.9960079893439915,
        0.9920319148370607,
        0.9841273200552851,
        0.9685065820791976,
        0.9380049995307295,
        0.8798533791446438,
        0.7741419687922484,
        0.5992957878455384,
        0.3591554413294046,
        0.1289926310365194,
        0.016639098861723624,
        0.00027685961093021247,
        7.665124416442863e-08,
        5.875413231954853e-15,
        3.4520480646230175e-29,
    ];

    /// <summary>
    /// The cheapest path (Viterbi 1967). Of equal ones it stays as it was, and ends off.
    /// </summary>
    public static bool[] Cheapest(TagCosts costs)
    {
        var count = costs.Count;
        var path = new bool[count];
        if (count == 0)
        {
            return path;
        }

        var onFromOn = new bool[count];
        var offFromOn = new bool[count];
        var on = (long)costs.FirstOn + costs[0].On;
        var off = (long)costs.FirstOff + costs[0].Off;
        for (var i = 1; i < count; i++)
        {
            var step = costs[i];
            onFromOn[i] = on + step.StayOn <= off + step.Start;
            offFromOn[i] = on + step.End < off + step.StayOff;
            (on, off) = (
                (onFromOn[i] ? on + step.StayOn : off + step.Start) + step.On,
                (offFromOn[i] ? on + step.End : off + step.StayOff) + step.Off
            );
        }

        var isOn = on < off;
        for (var i = count - 1; i >= 0; i--)
        {
            path[i] = isOn;
            isOn = isOn ? onFromOn[i] : offFromOn[i];
        }

        return path;
    }

    /// <summary>What a part of a path costs, with the changes at its ends.</summary>
    public static long CostOf(bool[] path, TagCosts costs, int from, int to)
    {
        long sum = 0;
        for (var i = from; i < Math.Min(to + 1, path.Length); i++)
        {
            var step = costs[i];
            sum += path[i] ? step.On : step.Off;
            sum +=
                i == 0
                    ? path[0]
                        ? costs.FirstOn
                        : costs.FirstOff
                    : path[i]
                        ? path[i - 1]
                            ? step.StayOn
                            : step.Start
                        : path[i - 1]
                            ? step.End
                            : step.StayOff;
        }

        return sum;
    }

    /// <summary>Probability of being on at each look, by the same costs (forward-backward).</summary>
    public static double[] Odds(TagCosts costs)
    {
        var count = costs.Count;
        var odds = new double[count];
        if (count == 0)
        {
            return odds;
        }

        var forward = new double[count];
        forward[0] = Share(Chance(costs.FirstOn + costs[0].On), Chance(costs.FirstOff + costs[0].Off));
        for (var i = 1; i < count; i++)
        {
            var step = costs[i];
            var (on, off) = (forward[i - 1], 1 - forward[i - 1]);
            forward[i] = Share(
                ((on * Chance(step.StayOn)) + (off * Chance(step.Start))) * Chance(step.On),
                ((on * Chance(step.End)) + (off * Chance(step.StayOff))) * Chance(step.Off)
            );
        }

        var later = 0.5;
        for (var i = count - 1; i >= 0; i--)
        {
            odds[i] = Share(forward[i] * later, (1 - forward[i]) * (1 - later));
            var step = costs[i];
            var (on, off) = (later * Chance(step.On), (1 - later) * Chance(step.Off));
            later = Share((Chance(step.StayOn) * on) + (Chance(step.End) * off), (Chance(step.Start) * on) + (Chance(step.StayOff) * off));
        }

        return odds;
    }

    private static double Share(double on, double off) => on + off > 0 ? on / (on + off) : 0.5;

    private static double Chance(int cost)
    {
        var chance = 1.0;
        for (var (bit, rest) = (0, cost); rest > 0; bit++, rest >>= 1)
        {
            chance *= (rest & 1) == 1 ? Powers[bit] : 1;
        }

        return chance;
    }
}
