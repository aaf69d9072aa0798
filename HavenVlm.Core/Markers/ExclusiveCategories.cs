using HavenVlm.Core.Common;

namespace HavenVlm.Core.Markers;

/// <summary>A span of one tag with the mean confidence that decides overlaps.</summary>
/// <param name="Tag">Position of the tag in the settings.</param>
/// <param name="Range">Where it holds.</param>
/// <param name="Confidence">Mean over the whole span as it was before anything was trimmed.</param>
internal sealed record TagSpan(int Tag, TimeRange Range, double Confidence);

/// <summary>In an exclusive category only one tag holds at any time.</summary>
internal static class ExclusiveCategories
{
    /// <summary>
    /// Gives every moment to the span with the highest mean confidence that covers it, of equals to the tag that comes first in the
    /// settings. What remains of the others may fall into several parts.
    /// </summary>
    public static IEnumerable<TagSpan> Trim(IEnumerable<TagSpan> category)
    {
        var taken = new List<TimeRange>();
        foreach (var span in category.OrderByDescending(s => s.Confidence).ThenBy(s => s.Tag).ThenBy(s => s.Range.Start))
        {
            foreach (var part in TimeRanges.Without(span.Range, taken.Where(span.Range.Overlaps)))
            {
                yield return span with
                {
                    Range = part,
                };
            }

            taken.Add(span.Range);
        }
    }
}
