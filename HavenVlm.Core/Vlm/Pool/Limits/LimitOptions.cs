namespace HavenVlm.Core.Vlm.Pool.Limits;

/// <summary>
/// How <see cref="LimitController"/> judges. The values were chosen on simulated servers under seeds other than those of the tests.
/// "Gain" is how much more work gets done, as an exponent: 1 = twice the requests do twice the work, 0 = they do no more.
/// </summary>
internal sealed record LimitOptions
{
    /// <summary>The values in use.</summary>
    public static LimitOptions Default { get; } = new();

    /// <summary>The first limit at a server of which nothing is known.</summary>
    public int First { get; init; } = 2;

    /// <summary>The highest limit ever.</summary>
    public int Most { get; init; } = 128;

    /// <summary>How sure it must be that a server gets no more than twice what it can use.</summary>
    public double Certainty { get; init; } = 0.95;

    /// <summary>How far it goes beyond what the server surely can use; below 2, so that it never gets more than twice that.</summary>
    public double Growth { get; init; } = 1.85;

    /// <summary>How much of that it gives up with each further measurement that settles nothing.</summary>
    public double Yielding { get; init; } = 0.12;

    /// <summary>The share of the best throughput that is sought.</summary>
    public double Enough { get; init; } = 0.98;

    /// <summary>How sure it must be that it is reached.</summary>
    public double EnoughCertainty { get; init; } = 0.9;

    /// <summary>Measurements at a limit until it is taken to be the best that can be found.</summary>
    public int Repetitions { get; init; } = 4;

    /// <summary>Of two requests sent together to a server that works on one at a time the second takes at least so much longer.</summary>
    public double SpreadOfWaiting { get; init; } = 1.54;

    /// <summary>A gain below this is none.</summary>
    public double NoGain { get; init; } = 0.12;

    /// <summary>The gain that a step beyond a limit once found must show, twice.</summary>
    public double ProbeGain { get; init; } = 0.5;

    /// <summary>Throughput relative to another that counts as the same.</summary>
    public double StillSame { get; init; } = 0.93;

    /// <summary>Time per work relative to the shortest that shows that nobody waits.</summary>
    public double NoQueue { get; init; } = 1.15;

    /// <summary>Work that a picture costs besides the tokens of its reply, in tokens.</summary>
    public double TokensOfPicture { get; init; } = 20;

    /// <summary>The last few requests of a measurement are not waited for longer than this, relative to the usual time.</summary>
    public double Cutoff { get; init; } = 2.5;

    /// <summary>Time per work, relative to the usual, from which a server counts as changed.</summary>
    public double Slowdown { get; init; } = 1.5;

    /// <summary>The fewest answers that show it.</summary>
    public int FewestRecent { get; init; } = 8;

    /// <summary>The fewest answers of a measurement at a limit that was found.</summary>
    public int FewestAtRest { get; init; } = 16;

    /// <summary>The most answers of a measurement while climbing.</summary>
    public int MostMeasured { get; init; } = 48;

    /// <summary>How long a number that the server refused is not tried again.</summary>
    public TimeSpan CeilingHolds { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Measurements at a limit before a step beyond it is tried; doubled when that showed nothing.</summary>
    public int FirstRest { get; init; } = 5;

    /// <summary>The longest rest; after it the limit is sought again, because the server may have grown.</summary>
    public int LongestRest { get; init; } = 24;
}
