using HavenVlm.Core.Analysis.Learning;
using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Markers;
using HavenVlm.Core.Markers.Smoothing;

namespace HavenVlm.Core.Analysis;

/// <summary>With what a scene's answers are smoothed: a pure function of its snapshot and its answers.</summary>
internal static class SceneSmoothing
{
    // Earlier numbers that markers may still stand by; beyond that the oldest no longer hold any.
    private const int MostBefore = 3;

    /// <summary>The numbers for a scene, and what its answers add to what was learned; null = nothing of it is smoothed.</summary>
    public static SmoothingFit? Find(SceneSnapshot snapshot, SceneAnswers answers)
    {
        if (snapshot.Markers.All(tag => tag.Smoothing == SmoothingMode.Off))
        {
            return null;
        }

        var learned = snapshot.Learned ?? Learned.Nothing;
        var series = MarkerBuilder.SeriesOf(answers.Answers, snapshot.Sampling.FrameInterval, snapshot.Facts.Duration, snapshot.Markers);
        IReadOnlyList<double> cuts = [.. answers.Cuts.Select(cut => cut.TotalSeconds)];
        var looks = snapshot
            .Markers.Zip(series)
            .Where(tag => tag.First.Smoothing != SmoothingMode.Off)
            .DistinctBy(tag => tag.First.Tag, StringComparer.Ordinal)
            .ToDictionary(
                tag => tag.First.Tag,
                tag => tag.Second.Looks(cuts, SmoothingParameters.DefaultCutSeconds),
                StringComparer.Ordinal
            );
        var fit = SmoothingFit.Of(looks, learned.Statistics);
        return fit with { Parameters = Chosen(snapshot, fit.Parameters with { Learned = learned.Number }, looks) };
    }

    /// <summary>
    /// What was published stays as it is, unless somebody asks for the scene again: then the new numbers count, where they make a difference
    /// that is worth it.
    /// </summary>
    private static SmoothingParameters Chosen(SceneSnapshot snapshot, SmoothingParameters found, Dictionary<string, TagLooks> looks)
    {
        if (snapshot.Published is not { } published)
        {
            return found;
        }

        var adopted = found with { Before = Shortened(published, MostBefore) };
        return snapshot.IsRebuild && looks.Any(tag => !SamePath(tag.Key, tag.Value, adopted, published)) ? adopted : published;
    }

    private static bool SamePath(string tag, TagLooks looks, SmoothingParameters one, SmoothingParameters other) =>
        IsReliable(tag, one) == IsReliable(tag, other)
        && SmoothedTag.Of(looks, tag, one, 1).Path.AsSpan().SequenceEqual(SmoothedTag.Of(looks, tag, other, 1).Path);

    private static bool IsReliable(string tag, SmoothingParameters parameters) => parameters.Plain || parameters.Of(tag).Reliable;

    private static SmoothingParameters Shortened(SmoothingParameters parameters, int left) =>
        parameters with
        {
            Before = left > 1 && parameters.Before is { } before ? Shortened(before, left - 1) : null,
        };
}
