using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Common;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Tests.Shared;

/// <summary>Short ways to write tags and records.</summary>
internal static class Frames
{
    public static readonly AnalysisKey Key = new("0123456789abcdef", "qwen2.5-vl-7b-instruct", "q1");

    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>Tags by name; "Kissing=lips touch" has a description.</summary>
    public static IReadOnlyList<WantedTag> Tags(params string[] tags) =>
        [
            .. tags.Select(tag => tag.Split('='))
                .Select(parts => new WantedTag(parts[0], ContentHash.OfDescription(parts.ElementAtOrDefault(1) ?? ""), 0.3)),
        ];

    public static Vocabulary Vocabulary(params string[] tags) => WantedTag.VocabularyOf(Tags(tags));

    public static FrameRecord Answered(double time, Vocabulary vocabulary, params (string Tag, double Confidence)[] tags) =>
        new()
        {
            Planned = Seconds(time),
            Time = Seconds(time),
            Vocabulary = vocabulary,
            Run = "run-1",
            Answer = new PictureAnswer
            {
                Tags = tags.ToDictionary(tag => tag.Tag, tag => tag.Confidence, StringComparer.Ordinal),
                Model = "qwen",
                Endpoint = "lm-studio",
                Elapsed = TimeSpan.FromMilliseconds(812),
                Requests = 1,
            },
        };

    public static FrameRecord Unanswered(double time, Vocabulary vocabulary, string run = "run-1", string reason = "empty reply") =>
        new()
        {
            Planned = Seconds(time),
            Time = Seconds(time),
            Vocabulary = vocabulary,
            Run = run,
            Answer = new PictureAnswer
            {
                Reason = reason,
                Endpoint = "lm-studio",
                Requests = 2,
            },
        };

    /// <summary>Everything about a record, to compare two.</summary>
    public static string Describe(FrameRecord record) =>
        string.Join(
            '|',
            record.Planned,
            record.Time,
            record.ReusedFrom,
            record.Run,
            record.Answer.Tags is null
                ? "unanswered: " + record.Answer.Reason
                : string.Join(',', record.Answer.Tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value:R}")),
            record.Answer.Kind,
            record.Answer.Model,
            record.Answer.Endpoint,
            record.Answer.Elapsed,
            record.Answer.Repaired,
            record.Answer.UnknownTags,
            string.Join(',', record.Answer.UnknownNames.OrderBy(n => n.Key, StringComparer.Ordinal).Select(n => $"{n.Key}={n.Value:R}")),
            record.Answer.IsRefused,
            record.Answer.Tokens,
            record.Answer.Requests,
            string.Join(',', record.Vocabulary.Hashes.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}={h.Value}"))
        );
}
