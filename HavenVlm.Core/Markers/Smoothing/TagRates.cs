using System.Text.Json.Serialization;

namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>How answers about a tag come about: how often the model errs, and how long the tag stays on and off.</summary>
/// <param name="Miss">Probability that a look does not see the tag where it is.</param>
/// <param name="Imagine">Probability that a look sees the tag where it is not.</param>
/// <param name="On">Rate at which the tag comes on, per second.</param>
/// <param name="Off">Rate at which it goes off, per second.</param>
public readonly record struct TagRates(double Miss, double Imagine, double On, double Off)
{
    private const double LeastRatio = 3;

    /// <summary>
    /// Whether the answers tell where the tag is: a positive must be at least three times as probable where it is as where it is not.
    /// </summary>
    public bool Reliable => (1 - Miss) / Imagine >= LeastRatio;

    /// <summary>Share of the time for which the tag is on in the long run.</summary>
    [JsonIgnore]
    internal double OnShare => On / (On + Off);

    /// <summary>Whether these can be rates.</summary>
    [JsonIgnore]
    internal bool IsSound => Miss is > 0 and < 1 && Imagine is > 0 and < 1 && On is > 0 and < 1000 && Off is > 0 and < 1000;

    /// <summary>Probability of having changed after a time, from off to on and from on to off.</summary>
    internal (double ToOn, double ToOff) Changed(double seconds)
    {
        var relaxed = 1 - Math.Exp(-(On + Off) * seconds);
        return (OnShare * relaxed, (1 - OnShare) * relaxed);
    }
}
