using HavenVlm.Core.Common;

namespace HavenVlm.Core.Markers;

/// <summary>A stretch of one tag with the mean confidence that decides overlaps.</summary>
/// <param name="Tag">Position of the tag in the settings.</param>
/// <param name="Range">Where it holds.</param>
/// <param name="Confidence">Mean over the whole stretch as it was before anything was trimmed.</param>
internal sealed record TagStretch(int Tag, TimeRange Range, double Confidence);

/// <summary>In an exclusive category only one tag holds at any time.</summary>
internal static class ExclusiveCategories
{
    /// <summary>
    /// Gives every moment to the stretch with the highest mean confidence that covers it, of equals to the tag that comes first in the
    /// settings. What remains of the others may fall into several pieces.
    /// </summary>
    public static IEnumerable<TagStretch> Trim(IEnumerable<TagStretch> category)
    {
        var taken = new List<TimeRange>();
        foreach (var stretch in category.OrderByDescending(s => s.Confidence).ThenBy(s => s.Tag).ThenBy(s => s.Range.Start))
        {
            foreach (var piece in TimeRanges.Without(stretch.Range, taken.Where(stretch.Range.Overlaps)))
            {
                yield return stretch with
                {
                    Range = piece,
                };
            }

            taken.Add(stretch.Range);
        }
    }
}
