using HavenVlm.Core.Markers;

namespace HavenVlm.Core.UnitTests.Markers;

public sealed class UnseenEndTests
{
    private static readonly MarkerSet Seen = new([], new Dictionary<string, TimeSpan>(StringComparer.Ordinal));

    private static readonly TagMarkerSettings Waving = Settings("Waving", TimeSpan.FromSeconds(5));

    private static readonly TagMarkerSettings Dancing = Settings("Dancing", TimeSpan.Zero);

    [Fact]
    public void What_was_found_before_in_an_end_that_is_lost_now_stays()
    {
        var set = Seen.WithUnseen(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60), [Waving, Dancing]);

        Assert.Equal(["Waving", "Dancing"], set.Possible.Select(span => span.Tag));
        Assert.All(set.Possible, span => Assert.Equal((30, 60), (span.Range.Start.TotalSeconds, span.Range.End.TotalSeconds)));
        Assert.Equal(["Waving"], set.PossibleSceneTags);
        Assert.Empty(set.Markers);
    }

    [Fact]
    public void Where_everything_was_seen_nothing_is_unknown() =>
        Assert.Same(Seen, Seen.WithUnseen(TimeSpan.FromSeconds(60), TimeSpan.Zero, [Waving]));

    private static TagMarkerSettings Settings(string tag, TimeSpan required) =>
        new()
        {
            Tag = tag,
            Name = tag,
            Threshold = 0.5,
            MaxGap = TimeSpan.Zero,
            MinMarkerDuration = TimeSpan.Zero,
            RequiredDuration = required,
        };
}
