using System.Collections.ObjectModel;
using HavenVlm.Core.Analysis.Log;

namespace HavenVlm.Core.Analysis;

/// <summary>Names in a scene's replies that are no tag: nobody asked for them, and one may be another name of a tag.</summary>
internal static class UnknownNames
{
    private const int MostKept = 20;
    private const int MostNamed = 3;
    private const int FewestNamed = 2;

    // A slip in a frame or two of hundreds is nobody's business.
    private const double LeastShare = 0.02;

    /// <summary>How many answers have each name, the most frequent first; spelling counts.</summary>
    public static IReadOnlyDictionary<string, int> In(IEnumerable<FrameRecord> records)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in records.Where(record => record.ReusedFrom is null).SelectMany(record => record.Answer.UnknownNames.Keys))
        {
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }

        return counts.Count == 0 ? ReadOnlyDictionary<string, int>.Empty : Top(counts);
    }

    /// <summary>What people should know of them, a clause; null = nothing.</summary>
    public static string? NoteOf(IReadOnlyDictionary<string, int> counts, int answers)
    {
        var often = counts.Where(name => name.Value >= Math.Max(FewestNamed, LeastShare * answers)).Take(MostNamed).ToList();
        return often.Count == 0
            ? null
            : $"the model also named {string.Join(", ", often.Select(name => $"{name.Key} ({name.Value} x)"))}: "
                + "no such tag was asked for; tags.<name>.aliases adopts another name of a tag";
    }

    private static Dictionary<string, int> Top(Dictionary<string, int> counts) =>
        counts
            .OrderByDescending(name => name.Value)
            .ThenBy(name => name.Key, StringComparer.Ordinal)
            .Take(MostKept)
            .ToDictionary(StringComparer.Ordinal);
}
