namespace HavenVlm.Core.Markers.Tuning;

/// <summary>How far settings are from those in force: of equally good ones the nearest are taken.</summary>
/// <param name="Changed">Settings that differ.</param>
/// <param name="Distance">How much they differ: doubling a duration and moving a threshold by 0.1 count the same.</param>
internal readonly record struct ChangeCost(int Changed, double Distance)
{
    private const double Shortest = 0.1;

    public static ChangeCost Of(TagMarkerSettings inForce, TagMarkerSettings candidate) =>
        Threshold(inForce.Threshold, candidate.Threshold)
        + Duration(inForce.MaxGap, candidate.MaxGap)
        + Duration(inForce.MinMarkerDuration, candidate.MinMarkerDuration)
        + Smoothing(inForce, candidate);

    public static ChangeCost operator +(ChangeCost left, ChangeCost right) =>
        new(left.Changed + right.Changed, left.Distance + right.Distance);

    public bool IsBelow(ChangeCost other) => Changed < other.Changed || (Changed == other.Changed && Distance < other.Distance);

    private static ChangeCost Smoothing(TagMarkerSettings from, TagMarkerSettings to) =>
        (from.Smoothing == to.Smoothing ? default : new ChangeCost(1, 1))
        + (
            from.SmoothingStrength.Equals(to.SmoothingStrength)
                ? default
                : new ChangeCost(1, Math.Abs(Math.Log2(to.SmoothingStrength / from.SmoothingStrength)))
        );

    private static ChangeCost Threshold(double from, double to) => from.Equals(to) ? default : new(1, Math.Abs(from - to) * 10);

    private static ChangeCost Duration(TimeSpan from, TimeSpan to) =>
        from == to ? default : new(1, Math.Abs(Math.Log2(Math.Max(to.TotalSeconds, Shortest) / Math.Max(from.TotalSeconds, Shortest))));
}
