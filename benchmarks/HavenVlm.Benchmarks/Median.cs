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
}
