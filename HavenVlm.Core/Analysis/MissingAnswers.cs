namespace HavenVlm.Core.Analysis;

/// <summary>Finds what has to be asked.</summary>
internal static class MissingAnswers
{
    /// <summary>Of the times those that lack answers, each with the tags that it lacks; equal sets of tags are one list.</summary>
    public static IReadOnlyList<WantedFrame> Find(IEnumerable<TimeSpan> times, AnswerTimeline timeline, TimeSpan tolerance) =>
        In(times.Select(time => timeline.At(time, tolerance)));

    /// <summary>Of these times those that lack answers.</summary>
    public static IReadOnlyList<WantedFrame> In(IEnumerable<AnswersAt> points)
    {
        var sets = new TagSets();
        return [.. points.Where(point => point.IsMissing).Select(point => new WantedFrame(point.Time, sets.Shared(point.MissingTags())))];
    }

    /// <summary>
    /// Of a chunk's frames those that still lack answers: what an earlier attempt at the chunk got is in the log and is not asked again.
    /// </summary>
    public static IReadOnlyList<WantedFrame> StillIn(IReadOnlyList<WantedFrame> frames, AnswerTimeline timeline, TimeSpan tolerance)
    {
        var sets = new TagSets();
        var still = new List<WantedFrame>();
        foreach (var frame in frames)
        {
            var asked = frame.Tags.ToHashSet(StringComparer.Ordinal);
            IReadOnlyList<string> lacking = [.. timeline.At(frame.Time, tolerance).MissingTags().Where(asked.Contains)];
            if (lacking.Count > 0)
            {
                still.Add(frame with { Tags = sets.Shared(lacking) });
            }
        }

        return still;
    }
}

/// <summary>One list for each set of tags, so that thousands of frames hold references.</summary>
internal sealed class TagSets
{
    private readonly Dictionary<string, IReadOnlyList<string>> _sets = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Shared(IReadOnlyList<string> tags)
    {
        var key = string.Concat(tags.Select(tag => $"{tag.Length}:{tag}"));
        if (!_sets.TryGetValue(key, out var shared))
        {
            _sets.Add(key, shared = tags);
        }

        return shared;
    }
}
