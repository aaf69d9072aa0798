using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Markers;

namespace HavenVlm.Core.Analysis;

/// <summary>What is known about each of today's tags at one planned time.</summary>
internal sealed class AnswersAt(TimeSpan time, IReadOnlyList<WantedTag> tags, FrameRecord?[] sources, FrameRecord?[] tried)
{
    /// <summary>The planned time.</summary>
    public TimeSpan Time => time;

    /// <summary>There is no answer of its own: it is where some answers of the look before cease to stand.</summary>
    public bool IsContinued { get; private init; }

    private FrameRecord?[] Tried => tried;

    /// <summary>Whether at least one tag has an answer.</summary>
    public bool AnyKnown => Array.Exists(sources, source => source is not null);

    /// <summary>Whether every tag has an answer.</summary>
    public bool AllKnown => !Array.Exists(sources, source => source is null);

    /// <summary>Whether there is a tag that has neither an answer nor been asked in this run.</summary>
    public bool IsMissing
    {
        get
        {
            for (var tag = 0; tag < sources.Length; tag++)
            {
                if (sources[tag] is null && tried[tag] is null)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The records that the answers come from, and those that say why there is none.</summary>
    public IEnumerable<FrameRecord> Records =>
        sources.Concat(tried).OfType<FrameRecord>().Distinct(ReferenceEqualityComparer.Instance).Cast<FrameRecord>();

    /// <summary>Whether every answer was taken over from a frame that looks the same.</summary>
    public bool IsReused => AnyKnown && sources.All(source => source?.ReusedFrom is not null);

    /// <summary>Why there is no answer, or not for every tag; null when there is one for every tag.</summary>
    public string? Reason => AllKnown ? null : tried.FirstOrDefault(record => record is not null)?.Answer.Reason ?? "not asked yet";

    /// <summary>Whether the tag has an answer, by its position in today's tags.</summary>
    public bool IsKnown(int tag) => sources[tag] is not null;

    /// <summary>The record that the tag's answer comes from, by its position in today's tags; null when there is none.</summary>
    public FrameRecord? SourceOf(int tag) => sources[tag];

    /// <summary>Whether the tag was seen with at least its threshold; false also where it has no answer.</summary>
    public bool IsOn(int tag) =>
        sources[tag] is { } source
        && source.Answer.Tags!.TryGetValue(tags[tag].Name, out var confidence)
        && confidence >= tags[tag].Threshold;

    /// <summary>Confidence of a tag, 0 where it was not seen; null = it has no answer.</summary>
    public double? ConfidenceOf(int tag) =>
        sources[tag] is { } source
            ? source.Answer.Tags!.TryGetValue(tags[tag].Name, out var confidence)
                ? confidence
                : 0
            : null;

    /// <summary>The tags that must be asked for here, in the configuration's order.</summary>
    public IReadOnlyList<string> MissingTags()
    {
        var lacking = new List<string>();
        for (var tag = 0; tag < sources.Length; tag++)
        {
            if (sources[tag] is null && tried[tag] is null)
            {
                lacking.Add(tags[tag].Name);
            }
        }

        return lacking;
    }

    /// <summary>
    /// The same answers for a later time, without those that say no and are unknown at the next planned one; null = there are none such.
    /// </summary>
    public AnswersAt? WithoutUnknownOf(AnswersAt next, TimeSpan later)
    {
        FrameRecord?[] kept = [.. sources.Select((source, tag) => next.IsKnown(tag) || IsOn(tag) ? source : null)];
        return kept.SequenceEqual(sources, ReferenceEqualityComparer.Instance)
            ? null
            : new AnswersAt(later, tags, kept, next.Tried) { IsContinued = true };
    }

    /// <summary>The answer as marker arithmetic takes it.</summary>
    public TimedAnswer ToTimedAnswer()
    {
        if (!AnyKnown)
        {
            return new TimedAnswer(time, Tags: null);
        }

        var seen = new Dictionary<string, double>(StringComparer.Ordinal);
        var unknown = new List<string>();
        for (var tag = 0; tag < sources.Length; tag++)
        {
            if (sources[tag] is not { } source)
            {
                unknown.Add(tags[tag].Name);
            }
            else if (source.Answer.Tags!.TryGetValue(tags[tag].Name, out var confidence))
            {
                seen.Add(tags[tag].Name, confidence);
            }
        }

        var kinds = sources.OfType<FrameRecord>().Select(source => source.Answer.Kind).Distinct().ToList();
        var isReused = IsReused || IsContinued;
        return new TimedAnswer(time, seen)
        {
            Unknown = unknown,
            IsReused = isReused,
            Reused = isReused ? [] : [.. tags.Where((_, tag) => sources[tag]?.ReusedFrom is not null).Select(tag => tag.Name)],
            Kind = kinds is [var kind] ? kind : null,
        };
    }
}
