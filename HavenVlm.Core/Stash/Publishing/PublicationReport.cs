namespace HavenVlm.Core.Stash.Publishing;

/// <summary>Says what a plan does, in the words of a <see cref="PublicationResult"/>.</summary>
internal static class PublicationReport
{
    /// <summary>The changes of markers, in the order in which they are written.</summary>
    public static IEnumerable<PublicationChange> Markers(PublicationPlan plan) =>
        plan
            .Destroy.Select(marker => Destroyed(plan, marker))
            .Concat(plan.Move.Select(move => Moved(move.From, move.To)))
            .Concat(plan.Create.Select(Created));

    /// <summary>The changes of the scene's tags.</summary>
    public static IEnumerable<PublicationChange> Tags(PublicationPlan plan) =>
        plan
            .AddTags.Select(tag => new PublicationChange(PublicationChangeKind.SceneTagAdded, tag.Name))
            .Concat(plan.RemoveTags.Select(tag => new PublicationChange(PublicationChangeKind.SceneTagRemoved, tag.Name)));

    /// <summary>What is left out.</summary>
    public static IEnumerable<PublicationSkip> Skipped(PublicationPlan plan) =>
        plan
            .SkippedMarkers.Select(skip => new PublicationSkip(skip.Marker.Name, skip.Reason, skip.Marker.Start, skip.Marker.End))
            .Concat(plan.SkippedTags.Select(skip => new PublicationSkip(skip.Tag.Name, skip.Reason)));

    public static PublicationChange Created(PlannedMarker marker) =>
        new(PublicationChangeKind.MarkerCreated, marker.Name, marker.Content.Start, marker.SpanEnd);

    public static PublicationChange Moved(PublishedMarker from, PlannedMove to) =>
        new(PublicationChangeKind.MarkerMoved, from.Name, to.Content.Start, to.SpanEnd, from.Content.Start, from.SpanEnd);

    public static PublicationChange Destroyed(PublicationPlan plan, PublishedMarker marker) =>
        new(KindOf(plan, marker), marker.Name, marker.Content.Start, marker.SpanEnd);

    private static PublicationChangeKind KindOf(PublicationPlan plan, PublishedMarker marker) =>
        plan.Duplicates.Contains(marker) ? PublicationChangeKind.DoubleDestroyed : PublicationChangeKind.MarkerDestroyed;
}
