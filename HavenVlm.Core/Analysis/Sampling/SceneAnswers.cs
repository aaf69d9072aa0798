using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>A scene's answers and what they took.</summary>
internal sealed record SceneAnswers
{
    /// <summary>What is known at each planned time, in order.</summary>
    public required IReadOnlyList<AnswersAt> Points { get; init; }

    /// <summary>The same, and where an answer ceases to stand before the next planned time.</summary>
    public required IReadOnlyList<AnswersAt> Timeline { get; init; }

    /// <summary>For the marker arithmetic, in the order of time.</summary>
    public required IReadOnlyList<TimedAnswer> Answers { get; init; }

    /// <summary>Where the whole picture changes, in the order of time, as far as that was looked for.</summary>
    public IReadOnlyList<TimeSpan> Cuts { get; init; } = [];

    /// <summary>Times analyzed: <see cref="Asked"/> and <see cref="Reused"/> together.</summary>
    public int Planned => Asked + Reused;

    /// <summary>Times for which the model was or would have to be asked.</summary>
    public required int Asked { get; init; }

    /// <summary>Of these the ones with an answer for every tag.</summary>
    public required int Answered { get; init; }

    /// <summary>Of these the ones that lack an answer for at least one tag.</summary>
    public required int Unanswered { get; init; }

    /// <summary>Of <see cref="Unanswered"/> the ones that the model or a moderation refused.</summary>
    public int Refused { get; private init; }

    /// <summary>Times that took over the answer of a frame that looks the same.</summary>
    public required int Reused { get; init; }

    /// <summary>Whether nothing more would be planned in this run.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The records behind the answers, each once: endpoints, times and requests.</summary>
    public required IReadOnlyList<FrameRecord> Records { get; init; }

    /// <summary>Names in the replies that are no tag, with the number of answers, the most frequent first.</summary>
    public IReadOnlyDictionary<string, int> UnknownNames => Analysis.UnknownNames.In(Records);

    /// <summary>Requests that the answers took.</summary>
    public double Requests => Records.Sum(record => record.Answer.Requests);

    /// <summary>Tokens that these requests took, as far as the servers say.</summary>
    public TokenUsage Tokens =>
        Records.Aggregate(default(TokenUsage), (sum, record) => record.Answer.Tokens is { } tokens ? sum + tokens : sum);

    /// <summary>Pictures that were sent to a model.</summary>
    public int Images => Records.Count(record => record.Answer.Requests > 0);

    /// <summary>Time that models worked; a request with several pictures counts once.</summary>
    public TimeSpan ModelTime =>
        TimeSpan.FromTicks((long)Records.Sum(record => record.Answer.Elapsed.Ticks * Math.Min(1, record.Answer.Requests)));

    /// <summary>Share of the planned times that stayed unanswered, 0 to 1; compare with <c>vlm.maxUnanswered</c>.</summary>
    public double UnansweredShare => Planned == 0 ? 0 : (double)Unanswered / Planned;

    /// <param name="state">Where the sampling has got to.</param>
    /// <param name="settings">The settings that chose the times.</param>
    public static SceneAnswers Of(SamplingState state, SamplingSettings settings)
    {
        IReadOnlyList<AnswersAt> timeline = [.. WithEnds(state, settings).OrderBy(point => point.Time)];
        IReadOnlyList<AnswersAt> all = [.. state.Points, .. state.Dropped];
        var complete = all.Where(point => point.AllKnown).ToList();
        var reused = complete.Count(point => point.IsReused);
        return new SceneAnswers
        {
            Points = state.Points,
            Timeline = timeline,
            Answers = [.. timeline.Select(point => point.ToTimedAnswer())],
            Asked = all.Count - reused,
            Answered = complete.Count - reused,
            Unanswered = all.Count - complete.Count,
            Refused = all.Count(point => !point.AllKnown && point.Records.Any(record => record.Answer.IsRefused)),
            Reused = reused,
            IsComplete = state.Wanted.Count == 0,
            Records = [.. all.SelectMany(point => point.Records).Distinct(ReferenceEqualityComparer.Instance).Cast<FrameRecord>()],
        };
    }

    // What a missing answer would have told of, and closer looks then, may have begun any time since the look before.
    private static IEnumerable<AnswersAt> WithEnds(SamplingState state, SamplingSettings settings)
    {
        var dropped = new Queue<AnswersAt>(state.Dropped.OrderBy(look => look.Time));
        for (var i = 0; i < state.Points.Count; i++)
        {
            var point = state.Points[i];
            var next = i + 1 < state.Points.Count ? state.Points[i + 1] : null;
            yield return point;
            if (
                next is not null
                && next.Time - point.Time > settings.FrameInterval + TimeSpan.FromMilliseconds(1)
                && point.WithoutUnknownOf(next, TimeGrid.WholeMilliseconds(point.Time + settings.BoundaryPrecision)) is { } hole
            )
            {
                yield return hole;
            }

            // A closer look that got no answer: the looks beside it speak for what they saw, not for what might have been there.
            while (dropped.TryPeek(out var look) && (next is null || look.Time < next.Time))
            {
                _ = dropped.Dequeue();
                if (look.Time > point.Time && point.WithoutUnknownOf(look, look.Time) is { } unseen)
                {
                    yield return unseen;
                }
            }
        }
    }
}
