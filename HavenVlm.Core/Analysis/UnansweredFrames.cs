using HavenVlm.Core.Analysis.Sampling;

namespace HavenVlm.Core.Analysis;

/// <summary>Says why a scene is not tagged by halves.</summary>
internal static class UnansweredFrames
{
    private const int MaxReasons = 3;

    public static string TooMany(SceneSnapshot snapshot, SceneAnswers answers)
    {
        var reasons = answers
            .Records.Where(r => r.Answer.Reason is not null)
            .GroupBy(r => r.Answer.Reason, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count())
            .Take(MaxReasons)
            .Select(g => $"{g.Count()} x {g.Key}");
        var refused =
            answers.Refused == 0 ? "" : $" {Refused(answers.Refused, answers.Unanswered)}: only a model without that moderation helps.";
        return $"{answers.Unanswered} of {answers.Planned} frames stayed unanswered, more than vlm.maxUnanswered "
            + $"({snapshot.MaxUnanswered * 100:0.#}%) allows; nothing was written.{refused} {string.Join("; ", reasons)}";
    }

    /// <summary>How many of the unanswered frames were refused.</summary>
    public static string Refused(int refused, int unanswered) =>
        $"{(refused == unanswered ? "All" : $"{refused}")} of these were refused by the model or its moderation";
}
