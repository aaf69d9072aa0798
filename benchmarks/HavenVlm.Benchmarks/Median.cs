namespace HavenVlm.Benchmarks;

/// <summary>Repeats a measurement.</summary>
internal static class Median
{
    /// <summary>The median of so many runs.</summary>
    public static async Task<double> OfAsync(int runs, Func<Task<double>> measure)
    {
        var values = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            values.Add(await measure());
        }

        values.Sort();
        return values[runs / 2];
    }

    /// <summary>The medians of two measurements, made by turns so that what disturbs meets both.</summary>
    /// <param name="runs">Of each, the given ones among them.</param>
    /// <param name="first">What was measured already.</param>
    /// <param name="one">Measures the one.</param>
    /// <param name="other">Measures the other.</param>
    public static async Task<(double One, double Other)> OfPairsAsync(
        int runs,
        (double One, double Other) first,
        Func<Task<double>> one,
        Func<Task<double>> other
    )
    {
        List<double> ones = [first.One];
        List<double> others = [first.Other];
        for (var run = 1; run < runs; run++)
        {
            ones.Add(await one());
            others.Add(await other());
        }

        ones.Sort();
        others.Sort();
        return (ones[runs / 2], others[runs / 2]);
    }
}
