using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;

namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>
/// Decides from what the log holds what to ask next, and what the finished scene's answers are. A pure function of its input: a crash
/// or a repeated activity comes to the same plan.
/// </summary>
internal static class SamplingRounds
{
    /// <summary>
    /// The plan of a round; no frames = nothing is lacking. Rounds end: each plan holds only times that have neither an answer nor been
    /// tried in this run, and there are finitely many times.
    /// </summary>
    public static RoundPlan Plan(int round, SamplingInput input)
    {
        var state = Find(input);
        IReadOnlyList<WantedGroup> groups =
        [
            .. state
                .Wanted.GroupBy(frame => frame.Tags, ReferenceEqualityComparer.Instance)
                .Select(group => new WantedGroup(group.First().Tags, [.. group.Select(frame => frame.Time)]))
                .OrderByDescending(group => group.Times.Count),
        ];
        return new RoundPlan
        {
            Round = round,
            ChunkFrames = Math.Max(1, input.Settings.ChunkFrames),
            Tolerance = state.Tolerance,
            Groups = groups,
            Scan = groups.Count > 0 && state.WantsChanges ? UnscannedOf(input) : [],
            Done = state.Points.Count + state.Dropped.Count - state.Wanted.Count,
            PlannedTimes = [.. state.Points.Select(point => point.Time)],
        };
    }

    /// <summary>The answers for the marker arithmetic and the counts, from what the log holds.</summary>
    public static SceneAnswers Answers(SamplingInput input) => SceneAnswers.Of(Find(input));

    private static SamplingState Find(SamplingInput input)
    {
        var timeline = new AnswerTimeline(input.Records, input.Tags, input.Settings.Selection, input.Run);
        return input.Settings.Mode == SamplingMode.Adaptive
            ? new AdaptiveSampling(input, timeline).Find()
            : LinearSampling.Find(input, timeline);
    }

    private static IReadOnlyList<PlannedScan> UnscannedOf(SamplingInput input) =>
        [
            .. TimeRanges
                .Without(new TimeRange(TimeSpan.Zero, input.Duration), input.Scanned)
                .Select(range => new PlannedScan(range.From, range.To)),
        ];
}

/// <summary>A scene's answers and what they took.</summary>
internal sealed record SceneAnswers
{
    /// <summary>For the marker arithmetic, in the order of time.</summary>
    public required IReadOnlyList<TimedAnswer> Answers { get; init; }

    /// <summary>Times looked at: <see cref="Asked"/> and <see cref="Reused"/> together.</summary>
    public int Planned => Asked + Reused;

    /// <summary>Times for which the model was or would have to be asked.</summary>
    public required int Asked { get; init; }

    /// <summary>Of these the ones with an answer for every tag.</summary>
    public required int Answered { get; init; }

    /// <summary>Of these the ones that lack an answer for at least one tag.</summary>
    public required int Unanswered { get; init; }

    /// <summary>Times that took over the answer of a frame that looks the same.</summary>
    public required int Reused { get; init; }

    /// <summary>Whether nothing more would be planned in this run.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The records behind the answers, each once: endpoints, times and requests.</summary>
    public required IReadOnlyList<FrameRecord> Records { get; init; }

    /// <summary>Requests that the answers took.</summary>
    public double Requests => Records.Sum(record => record.Answer.Requests);

    /// <summary>Share of the planned times that stayed unanswered, 0 to 1; compare with <c>vlm.maxUnanswered</c>.</summary>
    public double UnansweredShare => Planned == 0 ? 0 : (double)Unanswered / Planned;

    internal static SceneAnswers Of(SamplingState state)
    {
        IReadOnlyList<AnswersAt> all = [.. state.Points, .. state.Dropped];
        var answered = 0;
        var reused = 0;
        foreach (var point in all.Where(point => point.AllKnown))
        {
            if (point.Records.All(record => record.ReusedFrom is not null))
            {
                reused++;
            }
            else
            {
                answered++;
            }
        }

        return new SceneAnswers
        {
            Answers = [.. state.Points.Select(point => point.ToTimedAnswer())],
            Asked = all.Count - reused,
            Answered = answered,
            Unanswered = all.Count - reused - answered,
            Reused = reused,
            IsComplete = state.Wanted.Count == 0,
            Records = [.. all.SelectMany(point => point.Records).Distinct(ReferenceEqualityComparer.Instance).Cast<FrameRecord>()],
        };
    }
}
