namespace HavenVlm.Core.Markers.Tuning;

/// <summary>
/// All values of one setting that come to the same markers, and the one of them that is taken: the value in force if it is among them,
/// else the configured default, else a round one.
/// </summary>
/// <param name="Value">The value taken.</param>
/// <param name="IsKept">Whether it is the one in force.</param>
internal readonly record struct SettingCell<T>(T Value, bool IsKept);

/// <summary>
/// Divides a setting's values into cells. A threshold makes a difference only at a confidence that occurs, a gap only at a hole that
/// occurs, a least length only at a span that occurs: so there are finitely many cells, and trying one value of each tries them all.
/// </summary>
internal static class SettingCells
{
    /// <summary>A threshold for each distinct confidence: everything from it upwards is on.</summary>
    /// <param name="confidences">Distinct, from the lowest.</param>
    /// <param name="preferred">Value in force, then the default.</param>
    public static IReadOnlyList<SettingCell<double>> Thresholds(IReadOnlyList<double> confidences, double[] preferred)
    {
        var cells = new List<SettingCell<double>>(confidences.Count);
        var above = double.NegativeInfinity;
        foreach (var confidence in confidences)
        {
            var index = Array.FindIndex(preferred, value => value > above && value <= confidence);
            var value = index >= 0 ? preferred[index] : RoundValues.Threshold(Math.Max(above, 0), confidence);
            cells.Add(new SettingCell<double>(value, index == 0));
            above = confidence;
        }

        return cells;
    }

    /// <summary>Gaps that join nothing, holes up to the first distinct length, up to the second, ... up to all.</summary>
    /// <param name="holes">Distinct lengths, from the shortest.</param>
    /// <param name="preferred">Value in force, then the default.</param>
    public static IReadOnlyList<SettingCell<TimeSpan>> Gaps(IReadOnlyList<TimeSpan> holes, TimeSpan[] preferred)
    {
        // A hole is bridged by a gap longer than itself: cells are (hole before, this hole].
        var cells = new List<SettingCell<TimeSpan>>(holes.Count + 1);
        for (var i = 0; i <= holes.Count; i++)
        {
            cells.Add(Duration(i == 0 ? TimeSpan.FromTicks(-1) : holes[i - 1], i == holes.Count ? TimeSpan.MaxValue : holes[i], preferred));
        }

        return cells;
    }

    /// <summary>Least lengths that keep all spans, all but the shortest, ... only the longest.</summary>
    /// <param name="lengths">Distinct lengths, from the shortest.</param>
    /// <param name="preferred">Value in force, then the default.</param>
    public static IReadOnlyList<SettingCell<TimeSpan>> Lengths(IReadOnlyList<TimeSpan> lengths, TimeSpan[] preferred)
    {
        var cells = new List<SettingCell<TimeSpan>>(lengths.Count);
        for (var i = 0; i < lengths.Count; i++)
        {
            cells.Add(Duration(i == 0 ? TimeSpan.FromTicks(-1) : lengths[i - 1], lengths[i], preferred));
        }

        return cells;
    }

    /// <summary>The cell of the values above one and up to another.</summary>
    public static SettingCell<TimeSpan> Duration(TimeSpan above, TimeSpan upTo, TimeSpan[] preferred)
    {
        var index = Array.FindIndex(preferred, value => value > above && value <= upTo);
        return index >= 0
            ? new SettingCell<TimeSpan>(preferred[index], index == 0)
            : new SettingCell<TimeSpan>(RoundValues.Duration(above, upTo, preferred[0]), IsKept: false);
    }

    /// <summary>At most so many cells, evenly chosen, the one in force among them.</summary>
    public static IReadOnlyList<SettingCell<T>> Thin<T>(IReadOnlyList<SettingCell<T>> cells, int most)
    {
        if (cells.Count <= most)
        {
            return cells;
        }

        var chosen = Enumerable.Range(0, most).Select(i => (int)((long)i * (cells.Count - 1) / (most - 1)));
        var kept = cells.Index().Where(cell => cell.Item.IsKept).Select(cell => cell.Index);
        return [.. chosen.Concat(kept).Distinct().Order().Select(index => cells[index])];
    }
}
