using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Frames;

/// <summary>Which pictures the decoder leaves out.</summary>
internal enum DecodeSkip
{
    /// <summary>None.</summary>
    Nothing,

    /// <summary>Pictures that no other picture needs; the rest without smoothing.</summary>
    NonReference,

    /// <summary>Everything but keyframes.</summary>
    NonKey,

    /// <summary>Everything but pictures that need no other: keyframes, and those that an encoder puts at cuts between them.</summary>
    NonIntra,
}

/// <summary>One start of ffmpeg.</summary>
/// <param name="Skip">Which pictures the decoder leaves out.</param>
/// <param name="Times">The planned times that it serves, ascending, from the first picture on.</param>
/// <param name="Early">A picture may come this much before its planned time.</param>
/// <param name="Late">A picture that comes later than this after its planned time does not serve it.</param>
/// <param name="Threads">Threads of the decoder.</param>
internal sealed record DecodeRun(DecodeSkip Skip, IReadOnlyList<TimeSpan> Times, TimeSpan Early, TimeSpan Late, int Threads)
{
    /// <summary>One picture for each such step from the first time on, instead of one for each time; null = one for each time.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>No picture after this is of use.</summary>
    public TimeSpan End { get; init; } = Times[^1] + Late;

    /// <summary>Seeks this much further on than to the earliest picture that serves.</summary>
    public TimeSpan SeekAhead { get; init; }

    /// <summary>Seeks this much further back than needed: containers without an index land after the keyframe that was meant.</summary>
    public TimeSpan SeekMargin { get; init; }
}

/// <summary>
/// Times that are planned together, and those of them that still lack a picture. The way of decoding follows from the plan alone, so that a
/// time gets the same picture whether or not an earlier attempt got some of the others.
/// </summary>
/// <param name="Planned">Ascending, from the first picture on.</param>
/// <param name="Wanted">A part of them, ascending.</param>
internal sealed record FrameTimes(IReadOnlyList<TimeSpan> Planned, IReadOnlyList<TimeSpan> Wanted);

/// <summary>The cheapest way to the pictures at some times of one video, by what decoding it costs.</summary>
internal static class DecodePlan
{
    /// <summary>Planned times of one ffmpeg at most: its filter's expression must fit into a command line everywhere.</summary>
    private const int MaxTimes = 300;

    /// <summary>The runs, in the order of their times.</summary>
    /// <param name="facts">The video.</param>
    /// <param name="isRemote">Whether its bytes come over a network.</param>
    /// <param name="times">Planned times, ascending.</param>
    /// <param name="tolerance">A picture may be this far from its planned time where that is cheaper.</param>
    /// <param name="threads">Threads that one decoder may use.</param>
    public static IReadOnlyList<DecodeRun> For(
        VideoFacts facts,
        bool isRemote,
        IReadOnlyList<TimeSpan> times,
        TimeSpan tolerance,
        int threads
    )
    {
        if (facts.Parts.Count > 0)
        {
            return
            [
                .. times
                    .GroupBy(time => VideoParts.IndexAt(facts, time))
                    .SelectMany(part => For(facts.Parts[part.Key].Facts, isRemote, [.. part], tolerance, threads)),
            ];
        }

        var costs = new DecodeCosts(facts, isRemote);
        var runs = new List<DecodeRun>();
        for (var first = 0; first < times.Count; )
        {
            var last = first;
            // Where decoding the gap costs more than a restart, a new run begins.
            while (last + 1 < times.Count && last - first + 1 < MaxTimes && costs.IsNear(times[last + 1] - times[last], tolerance))
            {
                last++;
            }

            runs.Add(Choose(facts, costs, [.. times.Skip(first).Take(last - first + 1)], tolerance, threads));
            first = last + 1;
        }

        return runs;
    }

    /// <summary>The runs for what is still wanted of a plan: each wanted time gets the picture that it would get if all were wanted.</summary>
    /// <param name="facts">The video.</param>
    /// <param name="isRemote">Whether its bytes come over a network.</param>
    /// <param name="times">What is planned and what of it is wanted.</param>
    /// <param name="tolerance">A picture may be this far from its planned time where that is cheaper.</param>
    /// <param name="threads">Threads that one decoder may use.</param>
    public static IReadOnlyList<DecodeRun> For(VideoFacts facts, bool isRemote, FrameTimes times, TimeSpan tolerance, int threads)
    {
        var costs = new DecodeCosts(facts, isRemote);
        var wanted = times.Wanted.ToHashSet();
        return [.. For(facts, isRemote, times.Planned, tolerance, threads).SelectMany(run => Part(run, wanted, costs, tolerance))];
    }

    private static IEnumerable<DecodeRun> Part(DecodeRun run, HashSet<TimeSpan> wanted, DecodeCosts costs, TimeSpan tolerance)
    {
        var left = run.Times.Where(wanted.Contains).ToList();
        if (left.Count == run.Times.Count)
        {
            yield return run;
            yield break;
        }

        for (var (first, next) = (0, 1); first < left.Count; next++)
        {
            if (next < left.Count && costs.IsNear(left[next] - left[next - 1], tolerance))
            {
                continue;
            }

            var times = left[first..next];
            yield return run with
            {
                Times = times,
                End = times[^1] + run.Late,
                // Only the first picture of a run is the keyframe that serves it: the others are the first ones due, wherever decoding begins.
                SeekAhead = times[0] == run.Times[0] ? run.SeekAhead : TimeSpan.Zero,
                Threads = times.Count == 1 ? 1 : run.Threads,
            };
            first = next;
        }
    }

    /// <summary>Decodes everything from the keyframe before a time on; the way that misses nothing.</summary>
    public static DecodeRun Exact(VideoFacts facts, TimeSpan time, TimeSpan late) =>
        new(DecodeSkip.Nothing, [time], HalfFrame(facts), late, Threads: 1) { SeekMargin = Margin(facts) };

    private static DecodeRun Choose(VideoFacts facts, DecodeCosts costs, IReadOnlyList<TimeSpan> times, TimeSpan tolerance, int threads)
    {
        var isSingle = times.Count == 1;
        var skip =
            costs.KeyframesServe(tolerance) && !(isSingle && IsIndexed(facts)) ? DecodeSkip.NonKey
            : costs.ReferencesServe(tolerance) ? DecodeSkip.NonReference
            : DecodeSkip.Nothing;
        var early = skip switch
        {
            _ when isSingle => tolerance,
            DecodeSkip.NonKey => tolerance,
            DecodeSkip.NonReference => Min(tolerance, HalfFrame(facts) * 4),
            _ => Min(tolerance, HalfFrame(facts)),
        };
        // Few pictures are decoded of keyframes alone: more threads cost more than they bring.
        return new DecodeRun(skip, times, early, tolerance, isSingle || skip == DecodeSkip.NonKey ? 1 : threads)
        {
            // The latest keyframe that serves the first time costs no decoding at all; where there is none, the one before it is found all the same.
            SeekAhead = IsIndexed(facts) ? early + tolerance : TimeSpan.Zero,
            SeekMargin = Margin(facts),
        };
    }

    // These containers do not say where their keyframes are.
    private static bool IsIndexed(VideoFacts facts) =>
        facts.Container is not ("mpegts" or "mpeg" or "mpegvideo" or "ogg" or "rm" or "h264" or "hevc");

    private static TimeSpan HalfFrame(VideoFacts facts) =>
        facts.FrameRate > 0 ? TimeSpan.FromSeconds(Math.Min(0.5 / facts.FrameRate, 0.1)) : TimeSpan.FromMilliseconds(20);

    /// <summary>How much further back one has to seek for a picture to be sure of the keyframe before it.</summary>
    public static TimeSpan Margin(VideoFacts facts) =>
        IsIndexed(facts) ? TimeSpan.Zero : facts.LongestKeyframeInterval + TimeSpan.FromSeconds(1);

    private static TimeSpan Min(TimeSpan first, TimeSpan second) => first < second ? first : second;
}
