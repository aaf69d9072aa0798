using HavenVlm.Core.Common;

namespace HavenVlm.Core.Markers.Tuning;

/// <summary>How far confidences of one kind can be trusted, by the markers of one scene.</summary>
public sealed record CalibrationCurve
{
    /// <summary>What kind of number they are.</summary>
    public required ConfidenceKind Kind { get; init; }

    /// <summary>Answers about a tag that the model saw.</summary>
    public required int Samples { get; init; }

    /// <summary>Expected calibration error, 0 to 1: mean distance of claimed and true share, weighted by the bins' sizes.</summary>
    public required double ExpectedError { get; init; }

    /// <summary>Brier score, 0 to 1: mean squared distance of the confidence from what was true.</summary>
    public required double Brier { get; init; }

    /// <summary>Tenths of confidence that occur.</summary>
    public required IReadOnlyList<CalibrationBin> Bins { get; init; }

    /// <summary>The isotonic curve: steps from the lowest confidence to the highest.</summary>
    public required IReadOnlyList<CalibrationPoint> Isotonic { get; init; }
}

/// <summary>Answers whose confidence lies in [From, To), the last one in [From, To].</summary>
public sealed record CalibrationBin
{
    /// <summary>Lowest confidence.</summary>
    public required double From { get; init; }

    /// <summary>Highest confidence.</summary>
    public required double To { get; init; }

    /// <summary>Answers in it.</summary>
    public required int Count { get; init; }

    /// <summary>What they claim on average.</summary>
    public required double MeanConfidence { get; init; }

    /// <summary>Share of them that was true.</summary>
    public required double Observed { get; init; }

    /// <summary>Lower end of the 95 % interval of that share.</summary>
    public required double Low { get; init; }

    /// <summary>Upper end of it.</summary>
    public required double High { get; init; }
}

/// <summary>A step of the isotonic curve.</summary>
/// <param name="From">Lowest confidence of the step.</param>
/// <param name="To">Highest confidence of the step.</param>
/// <param name="Observed">Share that was true.</param>
/// <param name="Count">Answers in it.</param>
public sealed record CalibrationPoint(double From, double To, double Observed, int Count);
