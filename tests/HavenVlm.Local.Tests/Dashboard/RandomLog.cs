using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Markers.Smoothing;

namespace HavenVlm.Local.Tests.Dashboard;

/// <summary>A log as the timeline call tells it, with several positions of the sliders.</summary>
internal sealed record RandomLog
{
    private static readonly string[] Names = ["Kissing", "Hugging", "Waving", "Dancing", "Ärger", "ǆ"];
    private static readonly string[] Stash = ["Kissing", "KISSING", "kissing", "Hugging", "Ärger", "ärger", "ǅ", "ǆ"];
    private static readonly string?[] Categories = [null, null, "actions", "Actions", "moods"];
    private static readonly string[] Lengths = ["0", "0s", "1s", "2s", "2.5s", "500ms", "6s", "0.1m", "5%", "2.5%", "0.7%", "33.3%"];

    public required TimeSpan Duration { get; init; }

    public required TimeSpan FrameInterval { get; init; }

    public required IReadOnlyList<Answer> Answers { get; init; }

    public required IReadOnlyList<Tag> Settings { get; init; }

    public required IReadOnlyList<IReadOnlyList<Position>> Positions { get; init; }

    /// <summary>With what the answers are smoothed; null = they are not.</summary>
    public SmoothingParameters? Smoothing { get; init; }

    public required IReadOnlyList<TimeSpan> Cuts { get; init; }

    public static RandomLog Next(Random random)
    {
        var tags = Names[..random.Next(1, Names.Length + 1)];
        var duration = TimeSpan.FromMilliseconds(random.Next(1, 240_000));
        return new RandomLog
        {
            Duration = duration,
            FrameInterval = TimeSpan.FromMilliseconds(random.Next(1, 8_000)),
            Answers = [.. AnswersOf(random, tags, duration)],
            Settings =
            [
                .. tags.Select(tag => new Tag(
                    tag,
                    random.Next(3) == 0 ? Stash[random.Next(Stash.Length)] : tag,
                    Categories[random.Next(Categories.Length)]
                )),
            ],
            Smoothing = random.Next(4) == 0 ? null : RandomSmoothing.Next(random, tags),
            Cuts = [.. RandomSmoothing.CutsOf(random, duration)],
            Positions = [.. Enumerable.Range(0, 3).Select(_ => (IReadOnlyList<Position>)[.. tags.Select(_ => Position.Next(random))])],
        };
    }

    /// <summary>What the service makes of it.</summary>
    public MarkerSet Build(IReadOnlyList<Position> position) =>
        MarkerBuilder.Build(
            [
                .. Answers.Select(answer => new TimedAnswer(answer.T, answer.Tags)
                {
                    Unknown = answer.Unknown ?? [],
                    IsReused = answer.Reused is true || answer.Continued is true,
                    Reused = answer.ReusedTags ?? [],
                    Kind = answer.Kind,
                }),
            ],
            FrameInterval,
            Duration,
            [
                .. Settings.Zip(
                    position,
                    (tag, at) =>
                        new TagMarkerSettings
                        {
                            Tag = tag.Asked,
                            Name = tag.Name,
                            ExclusiveCategory = tag.ExclusiveCategory,
                            Threshold = at.Threshold,
                            MaxGap = MarkerDuration.Parse(at.MaxGap).Resolve(Duration),
                            MinMarkerDuration = MarkerDuration.Parse(at.MinMarkerDuration).Resolve(Duration),
                            RequiredDuration = MarkerDuration.Parse(at.RequiredDuration).Resolve(Duration),
                            Smoothing = at.Smoothing,
                            SmoothingStrength = at.SmoothingStrength,
                        }
                ),
            ],
            Smoothing is null ? null : new SmoothingModel(Smoothing, Cuts)
        );

    // In runs of the same, as in a video; some times twice, some out of order, some past the end.
    private static IEnumerable<Answer> AnswersOf(Random random, string[] tags, TimeSpan duration)
    {
        var count = random.Next(0, 120);
        var on = tags.ToDictionary(tag => tag, _ => false, StringComparer.Ordinal);
        var answers = new List<Answer>();
        var step = duration.TotalMilliseconds * (random.NextDouble() + 0.6) / Math.Max(1, count);
        for (var i = 0; i < count; i++)
        {
            foreach (var tag in tags.Where(_ => random.Next(4) == 0))
            {
                on[tag] = !on[tag];
            }

            var time = TimeSpan.FromMilliseconds(Math.Round((i * step) + (random.Next(3) == 0 ? random.Next(-200, 200) : 0)));
            answers.Add(NextAnswer(random, time < TimeSpan.Zero ? TimeSpan.Zero : time, on));
        }

        return random.Next(5) == 0 ? answers.OrderBy(_ => random.Next()) : answers;
    }

    private static Answer NextAnswer(Random random, TimeSpan time, Dictionary<string, bool> on)
    {
        if (random.Next(12) == 0)
        {
            return new Answer(time, null, null);
        }

        var unknown = on.Keys.Where(_ => random.Next(15) == 0).ToArray();
        return new Answer(
            time,
            on.Where(tag => (tag.Value || random.Next(10) == 0) && !unknown.Contains(tag.Key))
                .ToDictionary(tag => tag.Key, tag => Confidence(random, tag.Value), StringComparer.Ordinal),
            unknown.Length > 0 ? unknown : null
        )
        {
            Reused = random.Next(8) == 0 ? true : null,
            Continued = random.Next(20) == 0 ? true : null,
            ReusedTags = random.Next(10) == 0 ? [.. on.Keys.Where(_ => random.Next(2) == 0)] : null,
            Kind = random.Next(4) == 0 ? null : (ConfidenceKind)random.Next(3),
        };
    }

    private static double Confidence(Random random, bool isOn) =>
        random.Next(6) switch
        {
            0 => 0,
            1 => 0.5,
            2 => 0.99,
            3 => Math.Round(random.NextDouble(), 2),
            _ => isOn ? 0.5 + (random.NextDouble() / 2) : random.NextDouble() / 2,
        };

    /// <summary>What the model said at a time.</summary>
    internal sealed record Answer(TimeSpan T, IReadOnlyDictionary<string, double>? Tags, IReadOnlyList<string>? Unknown)
    {
        public bool? Reused { get; init; }

        public bool? Continued { get; init; }

        public IReadOnlyList<string>? ReusedTags { get; init; }

        public ConfidenceKind? Kind { get; init; }
    }

    /// <summary>A tag; in JSON as the timeline has it.</summary>
    internal sealed record Tag(
        [property: System.Text.Json.Serialization.JsonPropertyName("tag")] string Asked,
        string Name,
        string? ExclusiveCategory
    );

    /// <summary>Where a tag's sliders are.</summary>
    internal sealed record Position(double Threshold, string MaxGap, string MinMarkerDuration, string RequiredDuration)
    {
        public SmoothingMode Smoothing { get; init; }

        public double SmoothingStrength { get; init; } = 1;

        public static Position Next(Random random) =>
            new(
                random.Next(5) == 0 ? 0 : Math.Round(random.NextDouble(), 2),
                Lengths[random.Next(Lengths.Length)],
                Lengths[random.Next(Lengths.Length)],
                Lengths[random.Next(Lengths.Length)]
            )
            {
                Smoothing = random.Next(5) == 0 ? SmoothingMode.Off : SmoothingMode.Auto,
                SmoothingStrength = random.Next(2) == 0 ? 1 : Math.Round(0.1 + (2 * random.NextDouble()), 2),
            };
    }
}
