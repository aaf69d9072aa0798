using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Markers;

namespace HavenVlm.Tests.Shared;

/// <summary>Answers and settings on a grid of tenths of a second, small enough to be worked out cell by cell.</summary>
internal sealed record MarkerCase(int Cells, int Interval, IReadOnlyList<TimedAnswer> Answers, IReadOnlyList<TagMarkerSettings> Settings)
{
    private static readonly string[] Names = ["Kissing", "Hugging", "Waving"];

    public static Arbitrary<MarkerCase> Arbitrary => Generator.ToArbitrary();

    private static Gen<MarkerCase> Generator =>
        from cells in Gen.Choose(1, 100)
        from interval in Gen.Choose(1, 12)
        from settings in Gen.ArrayOf(Setting)
            .Select(s => s.Take(Names.Length).Select((tag, i) => tag with { Tag = Names[i], Name = Names[i] }).ToArray())
        from step in Gen.Choose(1, 8)
        from skips in Gen.ArrayOf(Gen.Choose(0, 4), (cells / step) + 1)
        from answers in Gen.ArrayOf(Answer, (cells / step) + 1)
        select new MarkerCase(
            cells,
            interval,
            [.. answers.Select((a, i) => a with { Time = At((i * step) + skips[i]) }).DistinctBy(a => a.Time).OrderBy(a => a.Time)],
            settings
        );

    private static Gen<TagMarkerSettings> Setting =>
        from threshold in Gen.Choose(0, 16)
        from gap in Gen.Choose(0, 20)
        from shortest in Gen.Choose(0, 15)
        from required in Gen.Choose(0, 40)
        from category in Gen.Elements<string?>(null, "actions", "actions")
        select new TagMarkerSettings
        {
            Tag = "",
            Name = "",
            Threshold = threshold / 16.0,
            MaxGap = At(gap),
            MinMarkerDuration = At(shortest),
            RequiredDuration = At(required),
            ExclusiveCategory = category,
        };

    /// <summary>Mostly long runs of the same, as in a real video, so that spans, gaps and overlaps come about.</summary>
    private static Gen<TimedAnswer> Answer =>
        from hole in Gen.Choose(0, 9)
        from kinds in Gen.ArrayOf(Gen.Choose(0, 19), Names.Length)
        select hole == 0
            ? new TimedAnswer(TimeSpan.Zero, null)
            : new TimedAnswer(
                TimeSpan.Zero,
                Names
                    .Zip(kinds)
                    .Where(t => t.Second is > 0 and <= 16)
                    .ToDictionary(t => t.First, t => t.Second / 16.0, StringComparer.Ordinal)
            )
            {
                Unknown = [.. Names.Zip(kinds).Where(t => t.Second == 19).Select(t => t.First)],
            };

    public TimeSpan Duration => At(Cells);

    public MarkerSet Build() => MarkerBuilder.Build(Answers, At(Interval), Duration, Settings);

    public static TimeSpan At(int cell) => TimeSpan.FromMilliseconds(cell * 100);

    public static int CellOf(TimeSpan time) => (int)(time.TotalMilliseconds / 100);

    public override string ToString() =>
        $"{Cells} cells, interval {Interval}\n"
        + string.Join('\n', Settings)
        + "\n"
        + string.Join(
            '\n',
            Answers.Select(a =>
                $"{CellOf(a.Time)}: {(a.Tags is null ? "unanswered" : string.Join(", ", a.Tags))} unknown {string.Join(", ", a.Unknown)}"
            )
        );
}
