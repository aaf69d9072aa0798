using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>
/// Carries a plan out: saves what it is about to do, does it, saves what came of it. A crash or a lost reply in between leaves the intents
/// in the record; the next look at the scene shows which of them happened.
/// </summary>
internal sealed class PublicationWriter(StashClient client, PublicationRecordStore records)
{
    private const int BatchSize = 250;

    /// <summary>Writes markers, then tags with the state tags: one request each where there are not hundreds of markers.</summary>
    /// <param name="subject">The scene.</param>
    /// <param name="found">What was read of it.</param>
    /// <param name="plan">What to write.</param>
    /// <param name="states">State tags to change; the plan's record holds those that are put on.</param>
    /// <param name="changed">Called for every change that happened, also when a later one fails.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Ids of the markers that were created or moved.</returns>
    public async Task<IReadOnlyList<string>> WriteAsync(
        PublicationSubject subject,
        SceneStateFound found,
        PublicationPlan plan,
        StateChange states,
        Action<PublicationChange> changed,
        CancellationToken cancellationToken
    )
    {
        var writing = new Writing(client, records, subject, found, changed);
        await writing.WriteAsync(plan, states, cancellationToken);
        return writing.WrittenMarkers;
    }

    /// <summary>One plan that is being carried out.</summary>
    private sealed class Writing(
        StashClient client,
        PublicationRecordStore records,
        PublicationSubject subject,
        SceneStateFound found,
        Action<PublicationChange> changed
    )
    {
        private PublicationRecord _record = found.Stored.Record;
        private string? _version = found.Stored.Version;

        /// <summary>Ids of the markers that were created or moved.</summary>
        public List<string> WrittenMarkers { get; } = [];

        /// <summary>Writes markers, then tags with the state tags.</summary>
        public async Task WriteAsync(PublicationPlan plan, StateChange states, CancellationToken cancellationToken)
        {
            var saved = found.Stored.Record;
            _record = plan.Record;
            if (plan.ChangesMarkers)
            {
                var now = records.Now;
                var intents = MarkerIntents(plan) with { At = now };
                var recent = (_record.Recent ?? new RecentWrites()).With(intents, plan.HighestMarkerId, now);
                await SaveAsync(_record with { Intents = intents, Recent = recent }, cancellationToken);
                await SendAllAsync(MarkerWrites(plan), cancellationToken);
                saved = _record;
                _record = _record with { Intents = null };
            }

            // A request of their own, announced when it is sent: were it announced with the markers and these break off, a tag that the user
            // then puts on or takes off would be taken for our doing.
            List<Write> tags = [.. TagWrites(plan, states)];
            if (tags.Count > 0)
            {
                await SaveAsync(_record with { Intents = plan.TagIntents(records.Now) }, cancellationToken);
                await SendAllAsync(tags, cancellationToken);
                saved = _record;
                _record = plan.WithWrittenTags(_record);
            }

            if (!Same(saved, _record))
            {
                await SaveAsync(_record, cancellationToken);
            }
        }

        private static PublicationIntents MarkerIntents(PublicationPlan plan) =>
            new()
            {
                Create = plan.Create,
                Move = [.. plan.Move.Select(move => move.To)],
                Destroy = [.. plan.Destroy.Select(marker => marker.Id)],
            };

        private async Task SendAllAsync(IEnumerable<Write> writes, CancellationToken cancellationToken)
        {
            foreach (var batch in writes.Chunk(BatchSize))
            {
                await SendAsync(batch, cancellationToken);
            }
        }

        /// <summary>What goes away first: the new place of a marker may be where another one was.</summary>
        private IEnumerable<Write> MarkerWrites(PublicationPlan plan)
        {
            foreach (var batch in plan.Destroy.Chunk(BatchSize))
            {
                var calls = StashClient.DestroyMarkersCalls([.. batch.Select(marker => marker.Id)], found.Schema).ToList();
                for (var i = 0; i < calls.Count; i++)
                {
                    IReadOnlyList<PublishedMarker> markers = calls.Count == batch.Length ? [batch[i]] : batch;
                    yield return new Write(calls[i], _ => Destroyed(plan, markers));
                }
            }

            foreach (var (from, to) in plan.Move)
            {
                yield return new Write(StashClient.MoveMarkerCall(to.Id, to.Content), _ => Moved(from, to));
            }

            foreach (var planned in plan.Create)
            {
                yield return new Write(StashClient.CreateMarkerCall(subject.Id, planned.Content), id => Created(planned, id));
            }
        }

        /// <summary>One change for all that is put on and one for all that is taken off: each runs every hook of the scene.</summary>
        private IEnumerable<Write> TagWrites(PublicationPlan plan, StateChange states)
        {
            List<string> add = [.. plan.AddTags.Select(tag => tag.Id).Concat(states.Add).Distinct(StringComparer.Ordinal)];
            List<string> remove = [.. plan.RemoveTags.Select(tag => tag.Id).Concat(states.Remove).Distinct(StringComparer.Ordinal)];
            var changes = PublicationReport.Tags(plan).Concat(states.Changes).ToLookup(IsAddition);
            if (add.Count > 0)
            {
                yield return new Write(StashClient.AddSceneTagsCall(subject.Id, add), _ => Report(changes[true]));
            }

            if (remove.Count > 0)
            {
                yield return new Write(StashClient.RemoveSceneTagsCall(subject.Id, remove), _ => Report(changes[false]));
            }
        }

        private static bool IsAddition(PublicationChange change) =>
            change.Kind is PublicationChangeKind.SceneTagAdded or PublicationChangeKind.StateTagAdded;

        private async Task SendAsync(Write[] batch, CancellationToken cancellationToken)
        {
            var results = await client.SendAsync([.. batch.Select(write => write.Call)], cancellationToken);
            for (var i = 0; i < batch.Length; i++)
            {
                if (!results.Errors.Any(error => error.Call is null || error.Call == i))
                {
                    batch[i].Happened(results.ReadId(i));
                    _record = _record with { SeenAt = results.ReadUpdates(i).GetValueOrDefault(subject.Id) ?? _record.SeenAt };
                }
            }

            _ = results.OrThrow();
        }

        private void Destroyed(PublicationPlan plan, IReadOnlyList<PublishedMarker> markers)
        {
            _record = _record with { Markers = [.. _record.Markers.Except(markers)] };
            Report(markers.Select(marker => PublicationReport.Destroyed(plan, marker)));
        }

        private void Moved(PublishedMarker old, PlannedMove target)
        {
            WrittenMarkers.Add(old.Id);
            var moved = old with { Content = target.Content, SpanEnd = target.SpanEnd };
            _record = _record with
            {
                Markers = [.. _record.Markers.Select(marker => marker.Id.Equals(old.Id, StringComparison.Ordinal) ? moved : marker)],
            };
            changed(PublicationReport.Moved(old, target));
        }

        private void Created(PlannedMarker planned, string? id)
        {
            if (id is null)
            {
                return;
            }

            WrittenMarkers.Add(id);
            _record = _record with
            {
                Markers = [.. _record.Markers, new PublishedMarker(id, planned.Content, planned.Name, planned.SpanEnd)],
            };
            changed(PublicationReport.Created(planned));
        }

        private async Task SaveAsync(PublicationRecord record, CancellationToken cancellationToken)
        {
            var saved = await records.SaveAsync(subject, record, _version, cancellationToken);
            _record = saved.Record;
            _version = saved.Version;
        }

        private static bool Same(PublicationRecord a, PublicationRecord b) =>
            JsonSerializer
                .SerializeToUtf8Bytes(a, HavenJson.Options)
                .AsSpan()
                .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(b, HavenJson.Options));

        private void Report(IEnumerable<PublicationChange> happened)
        {
            foreach (var change in happened)
            {
                changed(change);
            }
        }

        /// <summary>One call, and what follows when it happened.</summary>
        private sealed record Write(GraphQlCall Call, Action<string?> Happened);
    }
}
