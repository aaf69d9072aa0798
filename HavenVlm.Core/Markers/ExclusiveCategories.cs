namespace HavenVlm.Core.Markers;

/// <summary>A stretch of one tag with the mean confidence that decides overlaps.</summary>
/// <param name="Tag">Position of the tag in the settings.</param>
/// <param name="Stretch">Where it holds.</param>
/// <param name="Confidence">Mean over the whole stretch as it was before anything was trimmed.</param>
internal sealed record TagStretch(int Tag, Stretch Stretch, double Confidence);

/// <summary>In an exclusive category only one tag holds at any time.</summary>
internal static class ExclusiveCategories
{
    /// <summary>
    /// Gives every moment to the stretch with the highest mean confidence that covers it, of equals to the tag that comes first in the
    /// settings. What remains of the others may fall into several pieces.
    /// </summary>
    public static IEnumerable<TagStretch> Trim(IEnumerable<TagStretch> category)
    {
        var taken = new List<Stretch>();
        foreach (var stretch in category.OrderByDescending(s => s.Confidence).ThenBy(s => s.Tag).ThenBy(s => s.Stretch.Start))
        {
            foreach (var piece in Rest(stretch.Stretch, taken))
            {
                yield return stretch with
                {
                    Stretch = piece,
                };
            }

            taken.Add(stretch.Stretch);
        }
    }

    private static List<Stretch> Rest(Stretch whole, List<Stretch> taken)
    {
        var rest = new List<Stretch>();
        var from = whole.Start;
        foreach (var other in taken.Where(t => t.Start < whole.End && t.End > whole.Start).OrderBy(t => t.Start))
        {
            if (other.Start > from)
            {
                rest.Add(new Stretch(from, other.Start));
            }

            from = other.End > from ? other.End : from;
        }

        if (from < whole.End)
        {
            rest.Add(new Stretch(from, whole.End));
        }

        return rest;
    }
}
