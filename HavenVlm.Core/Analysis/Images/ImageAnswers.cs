using HavenVlm.Core.Analysis.Log;

namespace HavenVlm.Core.Analysis.Images;

/// <summary>What the log says about an image.</summary>
internal sealed class ImageAnswers
{
    private const int MaxReasons = 3;

    // Looks are kept in milliseconds.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    private readonly ImageSettings _settings;
    private readonly IReadOnlyList<AnswersAt> _points;

    private ImageAnswers(ImageSettings settings, IReadOnlyList<AnswersAt> points)
    {
        _settings = settings;
        _points = points;
    }

    /// <summary>When an image is sampled that does not move, or of which it is not known yet whether it does.</summary>
    public static IReadOnlyList<TimeSpan> SingleSample { get; } = [TimeSpan.Zero];

    /// <summary>What is known from these looks, or from those that the log names.</summary>
    public static ImageAnswers Of(ImageSettings settings, AnalysisLog log, string fingerprint, IReadOnlyList<TimeSpan>? looks = null)
    {
        var timeline = new AnswerTimeline(log.RecordsOf(fingerprint), settings.Wanted, settings.Question.Selection, settings.Run);
        return new ImageAnswers(
            settings,
            [.. (looks ?? log.LooksOf(fingerprint) ?? SingleSample).Select(time => timeline.At(time, Tolerance))]
        );
    }

    /// <summary>Looks that need a question, each with the tags to ask for.</summary>
    public IReadOnlyList<WantedFrame> Missing => Analysis.MissingAnswers.In(_points);

    /// <summary>Why the image cannot be tagged; null = it can. Unknown is never taken for absent.</summary>
    public string? Failure
    {
        get
        {
            var unanswered = _points.Where(point => !point.AllKnown).ToList();
            if (unanswered.Count < _points.Count && unanswered.Count <= _settings.MaxUnanswered * _points.Count)
            {
                return null;
            }

            var reasons = unanswered
                .Select(point => point.Reason)
                .OfType<string>()
                .GroupBy(reason => reason, StringComparer.Ordinal)
                .OrderByDescending(same => same.Count())
                .Take(MaxReasons)
                .Select(same => same.Key);
            var why = string.Join("; ", reasons);
            return _points.Count == 1
                ? $"It stayed unanswered: {why}"
                : $"{unanswered.Count} of {_points.Count} looks stayed unanswered, more than vlm.maxUnanswered "
                    + $"({_settings.MaxUnanswered * 100:0.#}%) allows: {why}";
        }
    }

    /// <summary>Highest confidence of each tag that was seen with at least its threshold, by its position.</summary>
    private IEnumerable<(int Tag, double Confidence)> Seen =>
        Enumerable
            .Range(0, _settings.Wanted.Count)
            .Select(tag => (Tag: tag, Confidence: _points.Max(point => point.ConfidenceOf(tag))))
            .Where(seen => seen.Confidence is { } confidence && confidence >= _settings.Wanted[seen.Tag].Threshold)
            .Select(seen => (seen.Tag, seen.Confidence!.Value));

    /// <summary>
    /// Names of the tags that the image should have: seen at any look; of an exclusive category the one with the highest confidence, of equals
    /// the first in the configuration.
    /// </summary>
    public IReadOnlyList<string> TagNames() =>
        [
            .. Seen.GroupBy(seen => _settings.Tags[seen.Tag].ExclusiveCategory, StringComparer.OrdinalIgnoreCase)
                .SelectMany(category =>
                    category.Key is null ? category : category.OrderByDescending(seen => seen.Confidence).ThenBy(seen => seen.Tag).Take(1)
                )
                .OrderBy(seen => seen.Tag)
                .Select(seen => _settings.Tags[seen.Tag].Name)
                .DistinctBy(name => name.Trim(), StringComparer.OrdinalIgnoreCase),
        ];
}

/// <summary>The answer about an image as it was logged.</summary>
/// <param name="Key">The log: model and question.</param>
/// <param name="Records">All records that count, in the order in which they were written.</param>
internal sealed record LoggedImage(AnalysisKey Key, IReadOnlyList<FrameRecord> Records)
{
    /// <summary>Highest confidence of each tag over all looks, as the model was asked for it.</summary>
    public IReadOnlyDictionary<string, double> Tags =>
        Records
            .Where(record => record.Answer.Tags is not null)
            .SelectMany(record => record.Answer.Tags!)
            .GroupBy(tag => tag.Key, StringComparer.Ordinal)
            .ToDictionary(tag => tag.Key, tag => tag.Max(each => each.Value), StringComparer.Ordinal);

    /// <summary>The model that answered, as the endpoint names it; empty = nobody did.</summary>
    public string AnsweredBy => Records.LastOrDefault(record => record.Answer.Tags is not null)?.Answer.Model ?? "";
}
