using FsCheck;
using FsCheck.Fluent;
using HavenVlm.Core.Common;
using HavenVlm.Core.Markers.Tuning;

namespace HavenVlm.Core.UnitTests.Markers.Tuning;

public sealed class CalibrationTests
{
    [Fact]
    public void Claims_that_come_true_as_often_as_they_say_have_no_error()
    {
        var curve = Assert.Single(Calibration.Of(Samples((0.25, 25, 100), (0.75, 75, 100))));

        Assert.Equal(0, curve.ExpectedError, 1e-12);
        Assert.Equal(0.1875, curve.Brier, 1e-12);
        Assert.Equal(200, curve.Samples);
    }

    [Fact]
    public void Reports_how_overconfident_a_model_is()
    {
        var curve = Assert.Single(Calibration.Of(Samples((0.95, 50, 100))));

        Assert.Equal(0.45, curve.ExpectedError, 1e-12);
        var bin = Assert.Single(curve.Bins);
        Assert.Equal(0.9, bin.From, 1e-12);
        // Wilson's interval for 50 of 100, as tables have it.
        Assert.Equal(0.4038, bin.Low, 0.0001);
        Assert.Equal(0.5962, bin.High, 0.0001);
    }

    [Fact]
    public void The_isotonic_curve_pools_what_goes_down()
    {
        var curve = Assert.Single(Calibration.Of(Samples((0.2, 1, 4), (0.5, 3, 4), (0.6, 1, 4), (0.9, 4, 4))));

        Assert.Equal([new(0.2, 0.2, 0.25, 4), new(0.5, 0.6, 0.5, 8), new(0.9, 0.9, 1, 4)], curve.Isotonic);
    }

    [Fact]
    public void Every_kind_has_a_curve_of_its_own()
    {
        var curves = Calibration.Of([
            new ConfidenceSample(ConfidenceKind.Fixed, 0.99, true),
            new ConfidenceSample(ConfidenceKind.Logprobs, 0.4, false),
            new ConfidenceSample(ConfidenceKind.Logprobs, 1, true),
        ]);

        Assert.Equal([ConfidenceKind.Logprobs, ConfidenceKind.Fixed], curves.Select(curve => curve.Kind));
    }

    [Fact]
    public void The_isotonic_curve_rises_and_no_monotone_step_fits_better() =>
        Prop.ForAll(
                Gen.Choose(0, 20).Two().NonEmptyListOf().ToArbitrary(),
                pairs =>
                {
                    var samples = pairs
                        .Select(p => new ConfidenceSample(ConfidenceKind.Reported, p.Item1 / 20.0, p.Item2 % 2 == 0))
                        .ToList();
                    var curve = Assert.Single(Calibration.Of(samples));
                    double Fit(double confidence) => curve.Isotonic.First(step => confidence <= step.To).Observed;
                    var error = samples.Sum(s => Math.Pow(Fit(s.Confidence) - (s.IsTrue ? 1 : 0), 2));
                    var rises = curve.Isotonic.Zip(curve.Isotonic.Skip(1)).All(pair => pair.First.Observed < pair.Second.Observed);
                    return rises
                        && Enumerable
                            .Range(0, 21)
                            .All(cut =>
                                samples.Sum(s => Math.Pow((s.Confidence * 20 >= cut ? 0.8 : 0.3) - (s.IsTrue ? 1 : 0), 2)) >= error - 1e-9
                            );
                }
            )
            .QuickCheckThrowOnFailure();

    private static IEnumerable<ConfidenceSample> Samples(params (double Confidence, int True, int Of)[] groups) =>
        groups.SelectMany(group =>
            Enumerable.Range(0, group.Of).Select(i => new ConfidenceSample(ConfidenceKind.Reported, group.Confidence, i < group.True))
        );
}
