using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Markers;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.UnitTests.Markers;

public sealed class MarkerBuilderProperties
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(1500);

    [Fact]
    public void Markers_equal_the_ones_worked_out_cell_by_cell() =>
        Holds(example => Text(example.Build()) == Text(CellByCell.Build(example)));

    [Fact]
    public void Markers_of_one_tag_do_not_touch() =>
        Holds(example =>
            example.Build().Markers.GroupBy(m => m.Tag).All(tag => tag.Zip(tag.Skip(1)).All(pair => pair.First.End < pair.Second.Start))
        );

    [Fact]
    public void Markers_of_an_exclusive_category_do_not_overlap() =>
        Holds(example =>
        {
            var exclusive = example.Settings.Where(s => s.ExclusiveCategory is not null).Select(s => s.Name).ToHashSet();
            var markers = example.Build().Markers.Where(m => exclusive.Contains(m.Tag)).ToArray();
            return markers.Zip(markers.Skip(1)).All(pair => pair.First.End <= pair.Second.Start);
        });

    [Fact]
    public void Markers_lie_in_the_video_and_are_long_enough() =>
        Holds(example =>
            example
                .Build()
                .Markers.All(m =>
                    m.Start >= TimeSpan.Zero
                    && m.End <= example.Duration
                    && m.Length > TimeSpan.Zero
                    && m.Length >= example.Settings.Single(s => s.Name == m.Tag).MinMarkerDuration
                    && m.Confidence is >= 0 and <= 1
                )
        );

    [Fact]
    public void The_order_of_the_answers_does_not_matter() =>
        Holds(example => Text(example.Build()) == Text((example with { Answers = [.. example.Answers.Reverse()] }).Build()));

    [Fact]
    public void One_more_answer_of_the_same_in_between_changes_nothing() =>
        Holds(example =>
        {
            var doubled = example
                .Answers.Zip(example.Answers.Skip(1))
                .SelectMany(pair => new[] { pair.First, pair.First with { Time = (pair.First.Time + pair.Second.Time) / 2 } })
                .Append(example.Answers[^1]);
            return Text((example with { Answers = [.. doubled] }).Build()) == Text(example.Build());
        });

    private static void Holds(Func<MarkerCase, bool> property) => Prop.ForAll(MarkerCase.Arbitrary, property).Check(Thorough);

    private static string Text(MarkerSet set) =>
        string.Join('\n', set.Markers.Select(m => $"{m.Tag} {m.Start}-{m.End} {m.Confidence:0.000000000}"))
        + "\n"
        + string.Join('\n', set.SceneTags.OrderBy(t => t.Key, StringComparer.Ordinal));
}
