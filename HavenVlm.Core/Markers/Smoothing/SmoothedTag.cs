namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>Where one tag of a scene is on.</summary>
internal sealed class SmoothedTag
{
    // A marker of an earlier publication stays unless the odds against it have become so much better: e squared.
    private const int HysteresisMillinats = 2000;

    private SmoothedTag(bool[] path, double[] odds)
    {
        Path = path;
        Odds = odds;
    }

    /// <summary>Whether it is on at each look.</summary>
    public bool[] Path { get; }

    /// <summary>How probable that is at each look.</summary>
    public double[] Odds { get; }

    /// <summary>The looks at a tag, smoothed.</summary>
    public static SmoothedTag Of(TagLooks looks, string tag, SmoothingParameters parameters, double strength)
    {
        var costs = new TagCosts(looks, parameters.Of(tag), parameters, strength);
        return new SmoothedTag(PathOf(looks, tag, parameters, strength, costs), TagPath.Odds(costs));
    }

    private static bool[] PathOf(TagLooks looks, string tag, SmoothingParameters parameters, double strength, TagCosts costs)
    {
        var path = parameters.Plain ? looks.AtTheirWord() : TagPath.Cheapest(costs);
        if (parameters.Before is { } before)
        {
            var earlier = new TagCosts(looks, before.Of(tag), before, strength);
            Settle(path, PathOf(looks, tag, before, strength, earlier), costs);
        }

        return path;
    }

    /// <summary>Where both differ the earlier path stays, unless it costs too much by now.</summary>
    private static void Settle(bool[] path, bool[] earlier, TagCosts costs)
    {
        for (var from = 0; from < path.Length; from++)
        {
            if (path[from] == earlier[from])
            {
                continue;
            }

            var to = from + 1;
            while (to < path.Length && path[to] != earlier[to])
            {
                to++;
            }

            var now = TagPath.CostOf(path, costs, from, to);
            Invert(path, from, to);
            if (TagPath.CostOf(path, costs, from, to) - now > HysteresisMillinats)
            {
                Invert(path, from, to);
            }

            from = to - 1;
        }
    }

    private static void Invert(bool[] path, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            path[i] = !path[i];
        }
    }
}
