using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Probing;

/// <summary>The facts of a file whose clock starts again, from those of its parts.</summary>
internal static class JoinedVideo
{
    /// <summary>The facts of the whole: one part after the other, as players show them.</summary>
    /// <param name="parts">One or more, in order.</param>
    public static VideoFacts Of(IReadOnlyList<VideoPart> parts)
    {
        var first = parts[0].Facts;
        return parts.Count == 1
            ? first with
            {
                Parts = parts,
            }
            : first with
            {
                Duration = parts[^1].From + parts[^1].Facts.Duration,
                ClaimedDuration = TimeSpan.Zero,
                LongestKeyframeInterval = parts.Max(part => part.Facts.LongestKeyframeInterval),
                KeyframeInterval = parts.Max(part => part.Facts.KeyframeInterval),
                HasBFrames = parts.Any(part => part.Facts.HasBFrames),
                HasPictureTimes = parts.All(part => part.Facts.HasPictureTimes),
                Parts = parts,
                Notes =
                [
                    .. first.Notes,
                    $"its clock starts again {Times(parts.Count - 1)}, as in files that were joined: times are counted on, as players do",
                ],
            };
    }

    private static string Times(int count) => count == 1 ? "once" : $"{count} times";
}
