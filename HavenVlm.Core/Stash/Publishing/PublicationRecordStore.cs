using System.Runtime.CompilerServices;
using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Stash.Publishing;

/// <summary>A record and the version that saving it compares; null = it does not exist yet.</summary>
/// <param name="Record">The record.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsDamaged">Whether it was found damaged and set aside: what it listed is not known.</param>
internal sealed record StoredPublicationRecord(PublicationRecord Record, string? Version, bool IsDamaged = false);

/// <summary>Keeps publication records, one artifact per scene; writers notice each other.</summary>
internal sealed class PublicationRecordStore(IArtifactStore artifacts, TimeProvider time)
{
    private const int Attempts = 10;

    /// <summary>The time that intents are dated with.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>
    /// The record of a subject, without what is older than it is kept; an empty one when there is none. One that is damaged is set aside and reported: what it listed counts as
    /// the user's from then on, so that nothing is removed or written twice because of it.
    /// </summary>
    /// <exception cref="PermanentFailureException">A newer program wrote it.</exception>
    public async Task<StoredPublicationRecord> ReadAsync(PublicationSubject subject, CancellationToken cancellationToken)
    {
        var read = await artifacts.ReadSoundJsonAsync<PublicationRecord>(
            subject.ArtifactName,
            record => record.IsComplete,
            $"What Haven VLM wrote to {subject} before counts as yours: it is not changed, and undo does not remove it. Markers that you deleted may be written again.",
            cancellationToken,
            PublicationRecord.CurrentVersion
        );
        var record = read.Value ?? new PublicationRecord();
        return record.Version <= PublicationRecord.CurrentVersion
            ? new StoredPublicationRecord(record with { Recent = record.Recent?.Current(Now) }, read.Version, read.Kept is not null)
            : throw new PermanentFailureException(
                $"The publication record {subject.ArtifactName} was written by a newer Haven VLM: use that one."
            );
    }

    /// <summary>Saves what was read and changed; returns it with its new version.</summary>
    /// <exception cref="StashUnavailableException">Somebody else saved it in between.</exception>
    public async Task<StoredPublicationRecord> SaveAsync(
        PublicationSubject subject,
        PublicationRecord record,
        string? expectedVersion,
        CancellationToken cancellationToken
    )
    {
        var version =
            await artifacts.ReplaceAsync(subject.ArtifactName, JsonSeal.Serialize(record), expectedVersion, cancellationToken)
            ?? throw new StashUnavailableException(
                StashErrorKind.Conflict,
                $"Somebody else is writing the results of {subject} at this moment."
            );
        return new StoredPublicationRecord(record, version);
    }

    /// <summary>Changes a record, again if somebody else saved it in between.</summary>
    public async Task<PublicationRecord> UpdateAsync(
        PublicationSubject subject,
        Func<PublicationRecord, PublicationRecord> change,
        CancellationToken cancellationToken
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var stored = await ReadAsync(subject, cancellationToken);
            try
            {
                return (await SaveAsync(subject, change(stored.Record), stored.Version, cancellationToken)).Record;
            }
            catch (StashUnavailableException e) when (e.Kind == StashErrorKind.Conflict && attempt < Attempts)
            {
                // Read again: the change is made to what the other one wrote.
            }
        }
    }

    /// <summary>Puts the record of a scene that no longer exists aside, where nothing reads it but a person, and begins another.</summary>
    public async Task<StoredPublicationRecord> RestartAsync(
        PublicationSubject subject,
        StoredPublicationRecord former,
        PublicationRecord record,
        CancellationToken cancellationToken
    )
    {
        var content = JsonSeal.Serialize(former.Record);
        for (var number = 1; ; number++)
        {
            if (await artifacts.WriteOnceAsync($"former-publications/{subject.Key}-{number}.json", content, cancellationToken))
            {
                return await SaveAsync(subject, record, former.Version, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Waits until nobody writes to the subject and keeps others from it until disposed: what is being written must not be taken back
    /// half-way, nor written again by who began earlier.
    /// </summary>
    public Task<IAsyncDisposable> LockAsync(PublicationSubject subject, CancellationToken cancellationToken) =>
        artifacts.LockAsync($"publishing-{subject.Key}", cancellationToken);

    /// <summary>
    /// Forgets what was written to a subject and what the user took back. Settings that the user made for it stay, and what Stash may still
    /// carry out.
    /// </summary>
    /// <param name="subject">The subject.</param>
    /// <param name="isGone">Whether there is no such subject any more, so that nothing can happen to it.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task ForgetAsync(PublicationSubject subject, bool isGone, CancellationToken cancellationToken)
    {
        var kept = await UpdateAsync(
            subject,
            record => new PublicationRecord
            {
                CreatedAt = record.CreatedAt,
                Settings = record.Settings,
                Recent = isGone ? null : (record.Recent ?? new RecentWrites()).WithUndone(record.States, Now).Current(Now),
            },
            cancellationToken
        );
        if (kept is { Settings: null, Recent: null })
        {
            await artifacts.DeleteAsync(subject.ArtifactName, cancellationToken);
        }
    }

    /// <summary>What once had a record that was damaged and lies aside: what it listed is still in Stash.</summary>
    public async IAsyncEnumerable<PublicationSubject> ListDamagedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var name in artifacts.ListAsync(PublicationSubject.Prefix, cancellationToken))
        {
            var end = name.IndexOf(".json.", StringComparison.Ordinal);
            if (end > 0 && PublicationSubject.FromArtifactName(name[..(end + ".json".Length)]) is { } subject)
            {
                yield return subject;
            }
        }
    }

    /// <summary>Everything that has a record, in order of names.</summary>
    public async IAsyncEnumerable<PublicationSubject> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var name in artifacts.ListAsync(PublicationSubject.Prefix, cancellationToken))
        {
            if (PublicationSubject.FromArtifactName(name) is { } subject)
            {
                yield return subject;
            }
        }
    }
}

/// <summary>What something is written to; records of images are kept by <see cref="Images.ImageRecordStore"/>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id in Stash.</param>
internal sealed record PublicationSubject(SubjectKind Kind, string Id)
{
    /// <summary>What all names of records begin with.</summary>
    public const string Prefix = "publications/";

    /// <summary>The record's key: kind and id.</summary>
    public string Key => $"{Word}-{Id}";

    private string Word => Kind is SubjectKind.Scene ? "scene" : "image";

    public string ArtifactName => $"{Prefix}{Key}.json";

    /// <summary>A scene.</summary>
    /// <exception cref="PermanentFailureException">That is no id.</exception>
    public static PublicationSubject Scene(string id) => Of(SubjectKind.Scene, id);

    /// <summary>An image; its record is with <see cref="Images.ImageRecordStore"/>.</summary>
    /// <exception cref="PermanentFailureException">That is no id.</exception>
    public static PublicationSubject Image(string id) => Of(SubjectKind.Image, id);

    /// <summary>The subject of an artifact; null when it is no record.</summary>
    public static PublicationSubject? FromArtifactName(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !name.EndsWith(".json", StringComparison.Ordinal))
        {
            return null;
        }

        var parts = name[Prefix.Length..^".json".Length].Split('-');
        return parts is ["scene", var id] && StashText.IsId(id) ? new PublicationSubject(SubjectKind.Scene, id) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Word} {Id}";

    private static PublicationSubject Of(SubjectKind kind, string id)
    {
        var subject = new PublicationSubject(kind, id);
        return StashText.IsId(id)
            ? subject
            : throw new PermanentFailureException($"'{StashText.Clean(id)}' is not the id of a {subject.Word}: ids are numbers.");
    }
}
