namespace HavenVlm.Benchmarks.Noise;

/// <summary>A kind of video and of model, and what smoothing must come to.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Missed">Share of looks that do not see a tag where it is.</param>
/// <param name="Imagined">Share of looks that see a tag where it is not.</param>
internal sealed record NoiseRow(string Name, double Missed, double Imagined)
{
    /// <summary>Tags asked for; six of them occur.</summary>
    public int Tags { get; init; } = 6;

    /// <summary>224 short spans instead of 41.</summary>
    public bool IsDense { get; init; }

    /// <summary>Seconds for which an error lasts; 0 = each look errs by itself.</summary>
    public double Burst { get; init; }

    public double? LeastIou { get; init; }

    public double? LeastFound { get; init; }

    public double? MostInvented { get; init; }

    /// <summary>Markers of each tag that never occurs.</summary>
    public double? MostAbsent { get; init; }

    /// <summary>Whether it must be no worse than without smoothing, and invent at most half as much.</summary>
    public bool BeatsPlain { get; init; }
}
