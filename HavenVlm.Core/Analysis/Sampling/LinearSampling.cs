namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>A look at every interval.</summary>
internal static class LinearSampling
{
    public static SamplingState Find(SamplingInput input, AnswerTimeline timeline)
    {
        var interval = input.Settings.FrameInterval;
        var tolerance = interval / 4;
        IReadOnlyList<AnswersAt> points = [.. new TimeGrid(input.Duration, interval).Times.Select(time => timeline.At(time, tolerance))];
        return new SamplingState(points, [], MissingAnswers.In(points), tolerance, WantsChanges: false);
    }
}
