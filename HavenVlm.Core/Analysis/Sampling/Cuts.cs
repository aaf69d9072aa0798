using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>
/// The picture changes that stand out: cuts, where nearly everything is different at once, and smaller ones, as when somebody comes in.
/// Where something moves all the time every keyframe differs a little from the one before, which says nothing about when a tag begins.
/// </summary>
internal sealed class Cuts
{
    private const double Prominence = 2.5;
    private const int MinNeighbors = 6;
    private static readonly TimeSpan NeighborhoodSpan = TimeSpan.FromSeconds(30);

    private readonly PictureChange[] _cuts;
    private readonly TimeSpan[] _times;

    /// <param name="changes">All changes of the log, in the order of time.</param>
    public Cuts(IReadOnlyList<PictureChange> changes)
    {
        IReadOnlyList<PictureChange> small = [.. changes.Where(change => !change.IsWhole)];
        _cuts = [.. changes.Where(change => change.IsWhole).Concat(Prominent(small)).OrderBy(change => change.Time)];
        _times = [.. _cuts.Select(cut => cut.Time)];
    }

    /// <summary>The cuts after <paramref name="from"/>, up to and with <paramref name="to"/>.</summary>
    public ReadOnlySpan<PictureChange> Within(TimeSpan from, TimeSpan to)
    {
        var first = IndexAfter(from);
        return _cuts.AsSpan(first, Math.Max(0, IndexAfter(to) - first));
    }

    private int IndexAfter(TimeSpan time)
    {
        var index = Array.BinarySearch(_times, time);
        return index < 0 ? ~index : index + 1;
    }

    private static IEnumerable<PictureChange> Prominent(IReadOnlyList<PictureChange> changes)
    {
        var (first, last) = (0, 0);
        for (var i = 0; i < changes.Count; i++)
        {
            while (changes[first].Time < changes[i].Time - NeighborhoodSpan)
            {
                first++;
            }

            while (last < changes.Count && changes[last].Time <= changes[i].Time + NeighborhoodSpan)
            {
                last++;
            }

            if (last - first <= MinNeighbors || changes[i].Magnitude >= Prominence * Median(changes, first, last))
            {
                yield return changes[i];
            }
        }
    }

    private static double Median(IReadOnlyList<PictureChange> changes, int first, int last)
    {
        var magnitudes = new double[last - first];
        for (var i = first; i < last; i++)
        {
            magnitudes[i - first] = changes[i].Magnitude;
        }

        Array.Sort(magnitudes);
        return magnitudes[magnitudes.Length / 2];
    }
}
