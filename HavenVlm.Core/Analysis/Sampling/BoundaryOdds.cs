namespace HavenVlm.Core.Analysis.Sampling;

/// <summary>How often a picture change of one kind is a border, learned from stretches that hold exactly one of them.</summary>
/// <param name="priorBorders">As many borders are believed before anything was seen …</param>
/// <param name="priorChanges">… in so many changes.</param>
internal sealed class BoundaryOdds(double priorBorders, double priorChanges)
{
    private const double MinBoundaries = 0.02;
    private const double Most = 0.9;

    /// <summary>The share of the changes that are borders, as far as is known, 0 to 1.</summary>
    public double Share { get; private set; } = priorBorders / priorChanges;

    /// <summary>Expected borders at one change; comparable with those that come evenly.</summary>
    public double Mass => -Math.Log(1 - Share);

    /// <summary>Takes in what was seen so far.</summary>
    /// <param name="changes">Changes that decided whether there is a border.</param>
    /// <param name="borders">Borders beyond those that would have been there anyway.</param>
    public void Learn(double changes, double borders) =>
        Share = Math.Clamp((borders + priorBorders) / (changes + priorChanges), MinBoundaries, Most);
}
