namespace HavenVlm.Core.Vlm.Pool.Limits;

/// <summary>What a number of requests at once was measured to do.</summary>
/// <param name="Limit">Requests at once.</param>
/// <param name="TimePerWork">Seconds that a unit of work took; the unit is a completion token where servers count them.</param>
internal readonly record struct LimitLevel(int Limit, double TimePerWork)
{
    /// <summary>Answers that it rests on.</summary>
    public int Answers { get; init; }

    /// <summary>Their relative variance.</summary>
    public double Variance { get; init; }

    /// <summary>Whether these were the first requests under this limit.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Work per second, by Little's law.</summary>
    public double Throughput => Limit / TimePerWork;

    /// <summary>How much more gets done here than at a lower level: 1 = in proportion to the requests, 0 = no more.</summary>
    public double GainOver(LimitLevel lower) => Math.Log(Throughput / lower.Throughput) / Math.Log((double)Limit / lower.Limit);
}
