using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Common;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Markers.Tuning;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Core.Tests.Markers.Tuning;

public sealed class MarkerTuningProperties
{
    private const double Exactly = 1e-9;
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(300);
    private static readonly Config Seldom = Config.QuickThrowOnFailure.WithMaxTest(60);

    [Fact]
    public void Markers_made_with_known_settings_are_reproduced_exactly() =>
        Prop.ForAll(
                MarkerCase.Arbitrary,
                example =>
                {
                    var known = Apart(example);
                    var problem = ProblemOf(known, known.Build().Markers);
                    var found = MarkerTuning.Find(problem);
                    return MarkerTuning
                        .Score(problem, found)
                        .Where(name => problem.Truth[name.Key].Spans.Count > 0)
                        .All(name => name.Value.Score is { F1: > 1 - Exactly, MeanIou: > 1 - Exactly });
                }
            )
            .Check(Often);

    [Fact]
    public void No_settings_on_a_fine_grid_come_closer() =>
        Prop.ForAll(
                MarkerCase.Arbitrary,
                Gen.Choose(0, 90).Two().ArrayOf(3).ToArbitrary(),
                (example, spans) =>
                {
                    var single = Apart(example);
                    single = single with { Settings = [.. single.Settings.Take(1)] };
                    var problem = ProblemOf(
                        single,
                        spans.SelectMany(s =>
                            single.Settings.Select(tag => new MarkerSpan(
                                tag.Name,
                                MarkerCase.At(Math.Min(s.Item1, s.Item2)),
                                MarkerCase.At(Math.Max(s.Item1, s.Item2) + 1),
                                1
                            ))
                        )
                    );
                    if (problem.Truth.Values.All(truth => truth.Spans.Count == 0))
                    {
                        return true;
                    }

                    var found = F1(problem, MarkerTuning.Find(problem));
                    return Grid(problem).All(settings => F1(problem, settings) <= found + Exactly);
                }
            )
            .Check(Seldom);

    [Fact]
    public void What_is_found_is_never_worse_than_what_is_in_force_also_in_exclusive_categories() =>
        Prop.ForAll(
                MarkerCase.Arbitrary,
                MarkerCase.Arbitrary,
                (example, other) =>
                {
                    var problem = ProblemOf(example, other.Build().Markers);
                    return F1(problem, MarkerTuning.Find(problem)) >= F1(problem, problem.Settings) - Exactly;
                }
            )
            .Check(Often);

    [Fact]
    public void Settings_that_are_right_already_are_kept() =>
        Prop.ForAll(
                MarkerCase.Arbitrary,
                example =>
                {
                    var problem = ProblemOf(example, example.Build().Markers) with { Settings = example.Settings };
                    return MarkerTuning.Find(problem).SequenceEqual(example.Settings);
                }
            )
            .Check(Often);

    private static MarkerCase Apart(MarkerCase example) =>
        example with
        {
            Settings = [.. example.Settings.Select(tag => tag with { ExclusiveCategory = null })],
        };

    /// <summary>The case with other settings in force than those that its markers were made with.</summary>
    internal static TuningProblem ProblemOf(MarkerCase example, IEnumerable<MarkerSpan> truth)
    {
        var spans = truth.ToLookup(marker => marker.Tag, marker => new TimeRange(marker.Start, marker.End));
        IReadOnlyList<TagMarkerSettings> inForce =
        [
            .. example.Settings.Select(tag =>
                tag with
                {
                    Threshold = 0.3,
                    MaxGap = MarkerCase.At(6),
                    MinMarkerDuration = MarkerCase.At(1),
                    RequiredDuration = MarkerCase.At(1),
                }
            ),
        ];
        return new TuningProblem
        {
            Answers = example.Answers,
            FrameInterval = MarkerCase.At(example.Interval),
            Duration = example.Duration,
            Settings = inForce,
            Defaults = inForce,
            Truth = example.Settings.ToDictionary(
                tag => tag.Name,
                tag => TruthSpans.Of(spans[tag.Name], example.Duration),
                StringComparer.OrdinalIgnoreCase
            ),
        };
    }

    private static double F1(TuningProblem problem, IReadOnlyList<TagMarkerSettings> settings)
    {
        var names = problem.Truth.Where(name => name.Value.Spans.Count > 0).Select(name => name.Key).ToList();
        var scores = MarkerTuning.Score(problem, settings);
        return names.Count == 0 ? 1 : names.Average(name => scores[name].Score.F1);
    }

    private static IEnumerable<IReadOnlyList<TagMarkerSettings>> Grid(TuningProblem problem) =>
        from tag in problem.Settings
        from threshold in Enumerable.Range(0, 17)
        from gap in Enumerable.Range(0, 12)
        from least in Enumerable.Range(0, 12)
        select (IReadOnlyList<TagMarkerSettings>)
            [tag with { Threshold = threshold / 16.0, MaxGap = MarkerCase.At(gap * 3), MinMarkerDuration = MarkerCase.At(least * 4) }];
}
