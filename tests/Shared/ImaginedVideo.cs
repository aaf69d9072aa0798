using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Tests.Shared;

/// <summary>A video of which is known when each tag is visible, and a model that looks at it; plays rounds until nothing is lacking.</summary>
internal sealed class ImaginedVideo
{
    private readonly List<FrameRecord> _records = [];
    private readonly List<PictureChange> _changes = [];
    private readonly List<TimeRange> _scanned = [];

    public required TimeSpan Duration { get; init; }

    public required IReadOnlyList<WantedTag> Tags { get; set; }

    public SamplingSettings Settings { get; set; } =
        new()
        {
            Mode = SamplingMode.Adaptive,
            FrameInterval = TimeSpan.FromSeconds(2),
            BoundaryPrecision = TimeSpan.FromMilliseconds(500),
        };

    /// <summary>Where each tag is visible.</summary>
    public IReadOnlyList<MarkerSpan> Truth { get; init; } = [];

    /// <summary>Whether cuts can be seen; without <see cref="Cuts"/> these are at the borders of the truth.</summary>
    public bool Scans { get; init; } = true;

    /// <summary>When there are cuts.</summary>
    public IReadOnlyList<TimeSpan>? Cuts { get; init; }

    /// <summary>What the model says it sees instead of the truth at a time; null = the truth.</summary>
    public Func<TimeSpan, IReadOnlyList<string>?> Mistakes { get; init; } = _ => null;

    /// <summary>Whether the model's word about a tag at a time is the opposite of the truth.</summary>
    public Func<TimeSpan, string, bool> IsWrong { get; init; } = (_, _) => false;

    /// <summary>Whether a frame stays unanswered.</summary>
    public Func<TimeSpan, bool> IsUnanswered { get; set; } = _ => false;

    public string Run { get; set; } = "run-1";

    public int Looks { get; private set; }

    public int Rounds { get; private set; }

    public List<TimeSpan> Asked { get; } = [];

    public SamplingInput Input =>
        new()
        {
            Duration = Duration,
            Settings = Settings,
            Tags = Tags,
            Records = [.. _records],
            Changes = [.. _changes.OrderBy(c => c.Time)],
            Scanned = TimeRanges.Union(_scanned),
            Run = Run,
        };

    public SceneAnswers Answers => SamplingRounds.Answers(Input);

    /// <summary>Plays rounds to the end.</summary>
    public ImaginedVideo Play()
    {
        for (var round = 0; ; round++)
        {
            var plan = SamplingRounds.Plan(round, Input);
            if (plan.FrameCount == 0)
            {
                return this;
            }

            Rounds++;
            Assert.True(round < 100, "the rounds do not end");
            for (var chunk = 0; chunk < plan.ChunkCount; chunk++)
            {
                Look(plan.Chunk(chunk));
            }
        }
    }

    /// <summary>Answers the first frame of a plan and nothing else, as if the process had ended then.</summary>
    public void LookOnce(RoundPlan plan)
    {
        var chunk = plan.Chunk(0);
        Look(chunk with { Frames = [chunk.Frames[0]] });
    }

    public MarkerSet Markers(TimeSpan? maxGap = null) =>
        MarkerBuilder.Build(
            Answers.Answers,
            Settings.FrameInterval,
            Duration,
            [
                .. Tags.Select(tag => new TagMarkerSettings
                {
                    Tag = tag.Name,
                    Name = tag.Name,
                    Threshold = tag.Threshold,
                    MaxGap = maxGap ?? TimeSpan.FromSeconds(1),
                    MinMarkerDuration = TimeSpan.FromSeconds(1),
                    RequiredDuration = TimeSpan.FromSeconds(1),
                }),
            ]
        );

    /// <summary>Intersection over union of the markers with the truth, over all tags, with the usual gap.</summary>
    public double Agreement()
    {
        var markers = Markers(maxGap: TimeSpan.FromSeconds(6)).Markers;
        double both = 0;
        double either = 0;
        foreach (var tag in Tags)
        {
            var found = markers.Where(m => string.Equals(m.Tag, tag.Name, StringComparison.Ordinal)).ToArray();
            var real = Truth.Where(m => string.Equals(m.Tag, tag.Name, StringComparison.Ordinal)).ToArray();
            var overlap = found.Sum(f => real.Sum(r => Math.Max(0, (Min(f.End, r.End) - Max(f.Start, r.Start)).TotalSeconds)));
            both += overlap;
            either += found.Sum(f => f.Length.TotalSeconds) + real.Sum(r => r.Length.TotalSeconds) - overlap;
        }

        return either == 0 ? 1 : both / either;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private void Look(PlanChunk chunk)
    {
        foreach (var range in Scans ? chunk.Scan : [])
        {
            _scanned.Add(range);
            _changes.AddRange(
                (Cuts ?? Truth.SelectMany(t => new[] { t.Start, t.End }))
                    .Where(t => t >= range.Start && t < range.End)
                    .Distinct()
                    .Select(t => new PictureChange(t, 1))
            );
        }

        foreach (var frame in chunk.Frames)
        {
            Looks++;
            Asked.Add(frame.Time);
            var unanswered = IsUnanswered(frame.Time);
            var asked = frame.Tags.ToHashSet(StringComparer.Ordinal);
            _records.Add(
                new FrameRecord
                {
                    Planned = frame.Time,
                    Time = frame.Time,
                    Vocabulary = WantedTag.VocabularyOf(Tags.Where(tag => asked.Contains(tag.Name))),
                    Run = Run,
                    Answer = new PictureAnswer
                    {
                        Tags = unanswered ? null : asked.Where(tag => Sees(frame.Time, tag)).ToDictionary(tag => tag, _ => 0.9),
                        Reason = unanswered ? "nothing could be decoded" : null,
                        Requests = 1,
                    },
                }
            );
        }
    }

    private bool Sees(TimeSpan time, string tag) => Mistakes(time)?.Contains(tag, StringComparer.Ordinal) ?? SeesTruly(time, tag);

    private bool SeesTruly(TimeSpan time, string tag) =>
        Truth.Any(t => string.Equals(t.Tag, tag, StringComparison.Ordinal) && t.Start <= time && time < t.End) != IsWrong(time, tag);
}
