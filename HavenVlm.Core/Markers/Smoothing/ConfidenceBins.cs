using HavenVlm.Core.Common;

namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>Tenths of confidence, for each kind of confidence that can say something.</summary>
internal static class ConfidenceBins
{
    private const int Tenths = 10;

    // As if so many positives had been spread alike while the tag was on and while it was off.
    private const double PriorLooks = 20;
    private const int MostMillinats = 2000;

    /// <summary>How many there are.</summary>
    public const int Count = 2 * Tenths;

    /// <summary>The bin of a confidence; -1 = it says nothing.</summary>
    public static int Of(ConfidenceKind? kind, double confidence)
    {
        var first = kind switch
        {
            ConfidenceKind.Reported => 0,
            ConfidenceKind.Logprobs => Tenths,
            _ => -1,
        };
        return first < 0 ? -1 : first + Math.Clamp((int)Math.Floor(confidence * Tenths), 0, Tenths - 1);
    }

    /// <summary>
    /// How much more a positive of each bin speaks for the tag than positives do on average, in thousandths of a nat. Empty = confidence
    /// says nothing more than that the threshold was reached.
    /// </summary>
    public static IReadOnlyList<int> Ratios(IReadOnlyList<double> on, IReadOnlyList<double> off)
    {
        if (on.Count != Count || off.Count != Count)
        {
            return [];
        }

        var (allOn, allOff) = (on.Sum(), off.Sum());
        int[] ratios = [.. Enumerable.Range(0, Count).Select(Ratio)];
        return Array.TrueForAll(ratios, ratio => ratio == 0) ? [] : ratios;

        int Ratio(int bin)
        {
            var prior = PriorLooks * (on[bin] + off[bin]) / (allOn + allOff);
            var ratio = (on[bin] + prior) / (allOn + PriorLooks) / ((off[bin] + prior) / (allOff + PriorLooks));
            return on[bin] + off[bin] <= 0
                ? 0
                : Math.Clamp((int)Math.Round(1000 * Math.Log(ratio), MidpointRounding.AwayFromZero), -MostMillinats, MostMillinats);
        }
    }
}
