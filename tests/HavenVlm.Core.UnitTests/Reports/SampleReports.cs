using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Reports;
using static HavenVlm.Tests.Shared.Frames;

namespace HavenVlm.Core.UnitTests.Reports;

/// <summary>Analyzes to report on.</summary>
internal static class SampleReports
{
    public static TagMarkerSettings Settings(string tag, double threshold = 0.3) =>
        new()
        {
            Tag = tag,
            Name = tag,
            Threshold = threshold,
            MaxGap = Seconds(6),
            MinMarkerDuration = Seconds(1),
            RequiredDuration = Seconds(1),
        };

    /// <summary>Of a linear analysis: the confidence of each tag at each time, null = unanswered.</summary>
    public static ReportContent Of(
        string video,
        double duration,
        IReadOnlyList<TagMarkerSettings> tags,
        Func<double, string, double> confidence,
        Func<double, string?> unanswered,
        byte[]? picture = null
    )
    {
        string[] names = [.. tags.Select(tag => tag.Tag)];
        IReadOnlyList<WantedTag> wanted = [.. tags.Select(tag => new WantedTag(tag.Tag, "none", tag.Threshold))];
        var vocabulary = WantedTag.VocabularyOf(wanted);
        var records = new List<FrameRecord>();
        for (var time = 0.0; time < duration; time += 2)
        {
            records.Add(
                unanswered(time) is { } reason
                    ? Unanswered(time, vocabulary, reason: reason)
                    : Answered(time, vocabulary, [.. names.Select(n => (n, confidence(time, n))).Where(t => t.Item2 > 0)])
            );
        }

        var sampling = new SamplingSettings
        {
            Mode = SamplingMode.Linear,
            FrameInterval = Seconds(2),
            BoundaryPrecision = Seconds(0.5),
        };
        var answers = SamplingRounds.Answers(
            new SamplingInput
            {
                Duration = Seconds(duration),
                Settings = sampling,
                Tags = wanted,
                Records = records,
                Run = "run-1",
            }
        );
        var markers = MarkerBuilder.Build(answers.Answers, sampling.FrameInterval, Seconds(duration), tags);
        var result = AnalysisResult.Of(video, Seconds(duration), "qwen2.5-vl-7b-instruct", answers, markers, withAnswers: true);
        return new ReportContent
        {
            Result = result,
            Answers = answers,
            Tags = tags,
            Sampling = sampling,
            Settings = [KeyValuePair.Create("vlm.maxImageSize", "768"), KeyValuePair.Create("video.reuseStill", "true")],
            Pictures = picture is null
                ? new Dictionary<TimeSpan, ReadOnlyMemory<byte>>()
                : result.Markers.DistinctBy(m => m.Start).ToDictionary(m => (m.Start + m.End) / 2, _ => (ReadOnlyMemory<byte>)picture),
            Created = new DateTimeOffset(2026, 3, 1, 18, 30, 0, TimeSpan.Zero),
        };
    }
}
