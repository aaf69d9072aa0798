using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;

namespace HavenVlm.Benchmarks.Noise;

/// <summary>Half an hour of video, a look every two seconds, and a model that errs.</summary>
internal sealed class NoisyVideo
{
    private const int Looks = 900;
    private const int SeenTags = 6;
    private const double Length = 1800;
    private const double Apart = 8;
    private readonly List<(double Start, double End)>[] _spans;

    /// <param name="seed">Decides where tags are.</param>
    /// <param name="noise">Decides where the model errs.</param>
    /// <param name="row">What the video is like.</param>
    public NoisyVideo(int seed, int noise, NoiseRow row)
    {
        _spans = Spans(new Random(seed), row.IsDense);
        Tags = [.. Enumerable.Range(0, row.Tags).Select(i => $"Tag {i}")];
        Answers = AnswersOf(new Random(noise), row);
    }

    public static TimeSpan Duration { get; } = TimeSpan.FromSeconds(Length);

    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(2);

    public IReadOnlyList<string> Tags { get; }

    /// <summary>Names of tags that never occur.</summary>
    public IReadOnlyList<string> AbsentTags => [.. Tags.Skip(SeenTags)];

    public IReadOnlyList<TimedAnswer> Answers { get; }

    /// <summary>Where a tag really is.</summary>
    public IReadOnlyList<TimeRange> TruthOf(string tag)
    {
        var index = Tags.ToList().IndexOf(tag);
        return index >= SeenTags
            ? []
            : [.. _spans[index].Select(span => new TimeRange(TimeSpan.FromSeconds(span.Start), TimeSpan.FromSeconds(span.End)))];
    }

#pragma warning disable CA5394 // The same videos in every run.
    /// <summary>41 spans of 4 to 180 s, or 224 of 4 to 20 s, over six tags.</summary>
    private static List<(double Start, double End)>[] Spans(Random random, bool isDense)
    {
        var tags = Enumerable.Range(0, SeenTags).Select(_ => new List<(double Start, double End)>()).ToArray();
        double[] lengths =
        [
            .. Enumerable
                .Range(0, isDense ? 224 : 41)
                .Select(_ => isDense ? 4 + (16 * random.NextDouble()) : 4 * Math.Pow(45, random.NextDouble()))
                .OrderDescending(),
        ];
        for (var i = 0; i < lengths.Length; )
        {
            var tag = tags[random.Next(SeenTags)];
            var start = random.NextDouble() * (Length - lengths[i]);
            if (!tag.Exists(span => start < span.End + Apart && start + lengths[i] > span.Start - Apart))
            {
                tag.Add((start, start + lengths[i]));
                i++;
            }
        }

        return tags;
    }

    private List<TimedAnswer> AnswersOf(Random random, NoiseRow row)
    {
        var draws = new (double Miss, double Imagine)[Tags.Count];
        var block = -1;
        var answers = new List<TimedAnswer>(Looks);
        for (var look = 0; look < Looks; look++)
        {
            var seconds = look * Interval.TotalSeconds;
            var now = row.Burst > 0 ? (int)(seconds / row.Burst) : look;
            if (now != block)
            {
                block = now;
                draws = [.. draws.Select(_ => (random.NextDouble(), random.NextDouble()))];
            }

            var seen = Tags.Where((_, tag) => IsOn(tag, seconds) ? draws[tag].Miss >= row.Missed : draws[tag].Imagine < row.Imagined);
            answers.Add(new TimedAnswer(TimeSpan.FromSeconds(seconds), seen.ToDictionary(tag => tag, _ => 0.9, StringComparer.Ordinal)));
        }

        return answers;
    }
#pragma warning restore CA5394

    private bool IsOn(int tag, double seconds) => tag < SeenTags && _spans[tag].Exists(span => span.Start <= seconds && seconds < span.End);
}
