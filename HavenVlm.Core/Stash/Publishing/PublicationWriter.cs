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

    /// <summary>Writes markers, then tags.</summary>
    /// <param name="subject">The scene.</param>
    /// <param name="found">What was read of it.</param>
    /// <param name="plan">What to write.</param>
    /// <param name="changed">Called for every change that happened, also when a later one fails.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Ids of the markers that were created or moved.</returns>
    public async Task<IReadOnlyList<string>> WriteAsync(
        PublicationSubject subject,
        SceneStateFound found,
        PublicationPlan plan,
        Action<PublicationChange> changed,
        CancellationToken cancellationToken
    )
    {
        var writing = new Writing(client, records, subject, found, changed);
        await writing.WriteAsync(plan, cancellationToken);
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

        /// <summary>Writes markers, then tags.</summary>
        public async Task WriteAsync(PublicationPlan plan, CancellationToken cancellationToken)
        {
            var saved = found.Stored.Record;
            _record = plan.Record;
            if (plan.ChangesMarkers)
            {
                var now = records.Now;
                var intents = MarkerIntents(plan) with { At = now };
                var recent = (_record.Recent ?? new RecentWrites()).With(intents, plan.HighestMarkerId, now);
                await SaveAsync(_record with { Intents = intents, Recent = recent }, cancellationToken);
                await WriteMarkersAsync(plan, cancellationToken);
                saved = _record;
                _record = _record with { Intents = null };
            }

            if (plan.ChangesTags)
            {
                var intents = plan.TagIntents(records.Now);
                await SaveAsync(_record with { Intents = intents }, cancellationToken);
                await client.ChangeSceneTagsAsync(
                    subject.Id,
                    [.. plan.AddTags.Select(tag => tag.Id)],
                    intents.RemoveTags,
                    cancellationToken
                );
                Report(PublicationReport.Tags(plan));
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

        private async Task WriteMarkersAsync(PublicationPlan plan, CancellationToken cancellationToken)
        {
            // What goes away first: the new place of a marker may be where another one was.
            foreach (var batch in plan.Destroy.Chunk(BatchSize))
            {
                var calls = StashClient.DestroyMarkersCalls([.. batch.Select(marker => marker.Id)], found.Schema).ToList();
                _ = (await client.SendAsync(calls, cancellationToken)).OrThrow();
                _record = _record with { Markers = [.. _record.Markers.Except(batch)] };
                Report(batch.Select(marker => PublicationReport.Destroyed(plan, marker)));
            }

            var writes = plan
                .Move.Select(move => new MarkerWrite(
                    StashClient.MoveMarkerCall(move.To.Id, move.To.Content),
                    move.From,
                    move.To,
                    Planned: null
                ))
                .Concat(
                    plan.Create.Select(planned => new MarkerWrite(
                        StashClient.CreateMarkerCall(subject.Id, planned.Content),
                        From: null,
                        To: null,
                        planned
                    ))
                );
            foreach (var batch in writes.Chunk(BatchSize))
            {
                var results = await client.SendAsync([.. batch.Select(write => write.Call)], cancellationToken);
                for (var i = 0; i < batch.Length; i++)
                {
                    if (StashClient.ReadMarkerId(results, i) is { } id)
                    {
                        Happened(batch[i], id);
                    }
                }

                _ = results.OrThrow();
            }
        }

        private void Happened(MarkerWrite write, string id)
        {
            WrittenMarkers.Add(id);
            if (write is { From: { } old, To: { } target })
            {
                var moved = old with { Content = target.Content, SpanEnd = target.SpanEnd };
                _record = _record with
                {
                    Markers = [.. _record.Markers.Select(marker => marker.Id.Equals(old.Id, StringComparison.Ordinal) ? moved : marker)],
                };
                changed(PublicationReport.Moved(old, target));
            }
            else if (write.Planned is { } planned)
            {
                _record = _record with
                {
                    Markers = [.. _record.Markers, new PublishedMarker(id, planned.Content, planned.Name, planned.SpanEnd)],
                };
                changed(PublicationReport.Created(planned));
            }
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

        private sealed record MarkerWrite(GraphQlCall Call, PublishedMarker? From, PlannedMove? To, PlannedMarker? Planned);
    }
}
