using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;

namespace HavenVlm.Tests.Shared;

/// <summary>
/// A scene as a few lists, and publishing to it step by step as the writer does it, so that every step can be the last one before a crash.
/// </summary>
internal sealed class SceneModel(bool hasMarkerEnd)
{
    public const string Base = "1";
    public const string Incorrect = "2";

    private int _lastMarker = 100;

    public List<StashMarker> Markers { get; } = [];

    public HashSet<string> Tags { get; } = new(StringComparer.Ordinal);

    public PublicationRecord Record { get; private set; } = new();

    /// <summary>Writes to Stash, over all publishing.</summary>
    public int Writes { get; private set; }

    public StashMarker Add(string tag, double start, double? end, params string[] additional)
    {
        var marker = new StashMarker
        {
            Id = $"{++_lastMarker}",
            Title = $"Tag {tag}",
            Seconds = start,
            EndSeconds = hasMarkerEnd ? end : null,
            PrimaryTag = new StashTagName(tag, $"Tag {tag}"),
            Tags = [.. additional.Select(id => new StashTagName(id, $"Tag {id}"))],
        };
        Markers.Add(marker);
        return marker;
    }

    public StashMarker Change(StashMarker marker, Func<StashMarker, StashMarker> change)
    {
        var changed = change(marker);
        Markers[Markers.FindIndex(other => other.Id == marker.Id)] = changed;
        return changed;
    }

    public PublicationPlan Plan(DesiredPublication desired) => PublicationDiff.Compute(State(), desired);

    public bool IsOurs(StashMarker marker) => PublicationReconciliation.Reconcile(State()).Record.Markers.Any(own => own.Id == marker.Id);

    /// <summary>Publishes; stops dead after so many steps.</summary>
    public PublicationPlan Publish(DesiredPublication desired, int crashAfter = int.MaxValue)
    {
        var plan = Plan(desired);
        foreach (var step in Steps(plan).Take(crashAfter))
        {
            step();
        }

        return plan;
    }

    public int StepsOf(DesiredPublication desired) => Steps(Plan(desired)).Count();

    private PublicationState State() =>
        new()
        {
            SceneTags = Tags,
            Markers = Markers,
            Record = Record,
            BaseTag = Base,
            IncorrectTag = Incorrect,
            HasMarkerEnd = hasMarkerEnd,
        };

    private IEnumerable<Action> Steps(PublicationPlan plan)
    {
        var record = plan.Record;
        if (plan.ChangesMarkers)
        {
            yield return () =>
                Save(
                    record with
                    {
                        Intents = new PublicationIntents
                        {
                            Create = plan.Create,
                            Move = [.. plan.Move.Select(move => move.To)],
                            Destroy = [.. plan.Destroy.Select(marker => marker.Id)],
                        },
                    }
                );
            foreach (var marker in plan.Destroy)
            {
                yield return () => Write(() => Assert.Equal(1, Markers.RemoveAll(other => other.Id == marker.Id)));
                record = record with { Markers = [.. record.Markers.Where(own => own.Id != marker.Id)] };
            }

            foreach (var (from, to) in plan.Move)
            {
                yield return () =>
                    Write(() =>
                        Change(
                            Markers.Single(marker => marker.Id == to.Id),
                            marker => marker with { Seconds = to.Content.Start.TotalSeconds, EndSeconds = to.Content.End?.TotalSeconds }
                        )
                    );
                record = record with
                {
                    Markers =
                    [
                        .. record.Markers.Select(own => own.Id == from.Id ? own with { Content = to.Content, SpanEnd = to.SpanEnd } : own),
                    ],
                };
            }

            foreach (var planned in plan.Create)
            {
                yield return () =>
                    Write(() =>
                    {
                        var marker = Add(
                            planned.Content.TagId,
                            planned.Content.Start.TotalSeconds,
                            planned.Content.End?.TotalSeconds,
                            [.. planned.Content.TagIds]
                        );
                        record = record with
                        {
                            Markers = [.. record.Markers, new PublishedMarker(marker.Id, planned.Content, planned.Name, planned.SpanEnd)],
                        };
                    });
            }
        }

        if (plan.ChangesTags)
        {
            yield return () =>
                Save(
                    record with
                    {
                        Intents = new PublicationIntents
                        {
                            AddTags = plan.AddTags,
                            RemoveTags = [.. plan.RemoveTags.Select(tag => tag.Id)],
                        },
                    }
                );
            if (plan.AddTags.Count > 0)
            {
                yield return () => Write(() => Tags.UnionWith(plan.AddTags.Select(tag => tag.Id)));
            }

            if (plan.RemoveTags.Count > 0)
            {
                yield return () => Write(() => Tags.ExceptWith(plan.RemoveTags.Select(tag => tag.Id)));
            }

            record = record with { Tags = [.. record.Tags.Except(plan.RemoveTags), .. plan.AddTags] };
        }

        yield return () => Save(record);
    }

    // Through JSON, as the store does it: what does not survive that must not be relied on.
    private void Save(PublicationRecord record) =>
        Record = JsonSerializer.Deserialize<PublicationRecord>(JsonSerializer.Serialize(record, HavenJson.Options), HavenJson.Options)!;

    private void Write(Action write)
    {
        Writes++;
        write();
    }
}
