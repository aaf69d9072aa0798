namespace HavenVlm.Core.Markers.Smoothing;

/// <summary>
/// Sufficient statistics of the answers of one model to one question: what a scene's answers came to, or many scenes' added up. The model is
/// learned from the sums alone; no log is read again.
/// </summary>
internal sealed record SmoothingStatistics
{
    /// <summary>Counts of each tag, by the name that the model is asked for.</summary>
    public IReadOnlyDictionary<string, TagStatistics> Tags { get; init; } = new Dictionary<string, TagStatistics>(StringComparer.Ordinal);

    /// <summary>Looks close after another while the tag did not change.</summary>
    public double Followed { get; init; }

    /// <summary>Of these the ones that only repeated what the look before drew.</summary>
    public double Repeated { get; init; }

    /// <summary>Seconds between these looks and the ones before, added up.</summary>
    public double FollowedSeconds { get; init; }

    /// <summary>Positives of each bin of confidence while the tag was on.</summary>
    public IReadOnlyList<double> BinsOn { get; init; } = [];

    /// <summary>Positives of each bin of confidence while the tag was off.</summary>
    public IReadOnlyList<double> BinsOff { get; init; } = [];

    /// <summary>All tags together.</summary>
    public TagStatistics Pooled() => Tags.Values.Aggregate(new TagStatistics(), (sum, tag) => sum.Plus(tag));

    /// <summary>These and a share of others; a share of -1 takes them away again.</summary>
    public SmoothingStatistics Plus(SmoothingStatistics other, double share = 1)
    {
        var tags = new Dictionary<string, TagStatistics>(Tags, StringComparer.Ordinal);
        foreach (var (name, tag) in other.Tags)
        {
            tags[name] = (tags.GetValueOrDefault(name) ?? new TagStatistics()).Plus(tag, share);
        }

        return new SmoothingStatistics
        {
            Tags = tags,
            Followed = TagStatistics.Sum(Followed, other.Followed, share),
            Repeated = TagStatistics.Sum(Repeated, other.Repeated, share),
            FollowedSeconds = TagStatistics.Sum(FollowedSeconds, other.FollowedSeconds, share),
            BinsOn = Sum(BinsOn, other.BinsOn, share),
            BinsOff = Sum(BinsOff, other.BinsOff, share),
        };
    }

    /// <summary>Whether these can be counts: what is read may be damaged.</summary>
    public bool IsSound() =>
        Tags.Values.All(tag => tag.IsSound())
        && new[] { Followed, Repeated, FollowedSeconds }.Concat(BinsOn).Concat(BinsOff).All(count => double.IsFinite(count) && count >= 0)
        && BinsOn.Count == BinsOff.Count
        && BinsOn.Count is 0 or ConfidenceBins.Count;

    private static IReadOnlyList<double> Sum(IReadOnlyList<double> a, IReadOnlyList<double> b, double share)
    {
        if (b.Count == 0)
        {
            return a;
        }

        return a.Count == 0
            ? [.. b.Select(count => TagStatistics.Sum(0, count, share))]
            : [.. a.Zip(b, (left, right) => TagStatistics.Sum(left, right, share))];
    }
}
