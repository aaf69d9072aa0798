using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;

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
            PlannedTimes = [.. state.Points.Select(point => point.Time).Union(state.Wanted.Select(frame => frame.Time)).Order()],
        };
    }

    /// <summary>The answers for the marker arithmetic and the counts, from what the log holds.</summary>
    public static SceneAnswers Answers(SamplingInput input) =>
        SceneAnswers.Of(Find(input), input.Settings) with
        {
            Cuts = [.. input.Changes.Where(change => change.IsWhole).Select(change => change.Time).Order()],
        };

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
                .Select(range => new PlannedScan(range.Start, range.End)),
        ];
}
