using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Stash.Images;

/// <summary>Keeps the publication records of images, a hundred neighboring ids in one artifact.</summary>
internal sealed class ImageRecordStore(IArtifactStore artifacts, TimeProvider time)
{
    private const string Prefix = "image-publications/";
    private const int IdsPerShard = 100;

    /// <summary>The time that intents are dated with.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Waits until nobody else changes records of images and keeps others out until disposed.</summary>
    public Task<IAsyncDisposable> LockAsync(CancellationToken cancellationToken) =>
        artifacts.LockAsync("image-publications", cancellationToken);

    /// <summary>The records of these images; images without one have an empty one. Hold the lock to save.</summary>
    /// <exception cref="PermanentFailureException">A newer program wrote them.</exception>
    public async Task<ImageRecordBatch> ReadAsync(IEnumerable<string> imageIds, CancellationToken cancellationToken)
    {
        var shards = new Dictionary<string, LoadedShard>(StringComparer.Ordinal);
        foreach (var name in imageIds.Select(ShardOf).Distinct(StringComparer.Ordinal))
        {
            shards[name] = await LoadAsync(name, cancellationToken);
        }

        return new ImageRecordBatch(artifacts, shards);
    }

    /// <summary>The record of one image; an empty one when there is none.</summary>
    public async Task<ImageRecord> ReadAsync(string imageId, CancellationToken cancellationToken) =>
        (await ReadAsync([imageId], cancellationToken)).Get(imageId);

    /// <summary>Ids of all images that have a record, those of one artifact after the other.</summary>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var name in artifacts.ListAsync(Prefix, cancellationToken))
        {
            // What was set aside lies beside it.
            if (!name.EndsWith(".json", StringComparison.Ordinal))
            {
                continue;
            }

            foreach (var id in (await LoadAsync(name, cancellationToken)).Content.Images.Keys)
            {
                yield return id;
            }
        }
    }

    /// <summary>Puts the record of an image that no longer exists aside, where nothing reads it but a person.</summary>
    public async Task SetAsideAsync(string imageId, ImageRecord former, CancellationToken cancellationToken)
    {
        var content = JsonSeal.Serialize(former);
        for (var number = 1; ; number++)
        {
            if (await artifacts.WriteOnceAsync($"former-publications/image-{imageId}-{number}.json", content, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Name of the artifact that holds an image's record.</summary>
    /// <exception cref="PermanentFailureException">That is no id.</exception>
    internal static string ShardOf(string imageId) =>
        StashText.IsId(imageId)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{Prefix}{long.Parse(imageId, CultureInfo.InvariantCulture) / IdsPerShard:D8}.json"
            )
            : throw new PermanentFailureException($"'{StashText.Clean(imageId)}' is not the id of an image: ids are numbers.");

    private async Task<LoadedShard> LoadAsync(string name, CancellationToken cancellationToken)
    {
        var read = await artifacts.ReadSoundJsonAsync<ImageRecordShard>(
            name,
            shard => shard.Images.Values.All(record => record?.Publication?.IsComplete == true),
            "Tags that Haven VLM put on these images before count as yours: they are neither changed nor removed by undo.",
            cancellationToken,
            ImageRecordShard.CurrentVersion
        );
        var shard = read.Value ?? new ImageRecordShard();
        return shard.Version <= ImageRecordShard.CurrentVersion
            ? new LoadedShard(Current(shard), read.Version, read.Kept is not null)
            : throw new PermanentFailureException($"The publication records {name} were written by a newer Haven VLM: use that one.");
    }

    /// <summary>Without what is older than it is kept.</summary>
    private ImageRecordShard Current(ImageRecordShard shard)
    {
        foreach (var (id, record) in shard.Images.Where(image => image.Value.Publication.Recent is not null).ToList())
        {
            var kept = record with { Publication = record.Publication with { Recent = record.Publication.Recent!.Current(Now) } };
            if (kept.IsEmpty && kept.Publication.Intents is null)
            {
                shard.Images.Remove(id);
            }
            else
            {
                shard.Images[id] = kept;
            }
        }

        return shard;
    }
}

/// <summary>A shard and the version that saving it compares; null = it does not exist yet.</summary>
internal sealed record LoadedShard(ImageRecordShard Content, string? Version, bool IsDamaged = false);

/// <summary>Records of some images, read together and saved together.</summary>
internal sealed class ImageRecordBatch(IArtifactStore artifacts, Dictionary<string, LoadedShard> shards)
{
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    /// <summary>The record of an image; an empty one when there is none.</summary>
    public ImageRecord Get(string imageId) =>
        shards[ImageRecordStore.ShardOf(imageId)].Content.Images.GetValueOrDefault(imageId) ?? new ImageRecord();

    /// <summary>Whether the records of an image and its neighbors were found damaged and set aside.</summary>
    public bool IsDamaged(string imageId) => shards[ImageRecordStore.ShardOf(imageId)].IsDamaged;

    /// <summary>Changes a record; one that says nothing is removed. Not saved yet.</summary>
    public void Put(string imageId, ImageRecord record)
    {
        var name = ImageRecordStore.ShardOf(imageId);
        var images = shards[name].Content.Images;
        var before = images.GetValueOrDefault(imageId);
        if (record.IsEmpty && record.Publication.Intents is null ? before is null : before is not null && Same(before, record))
        {
            return;
        }

        if (record.IsEmpty && record.Publication.Intents is null)
        {
            images.Remove(imageId);
        }
        else
        {
            images[imageId] = record;
        }

        _changed.Add(name);
    }

    /// <summary>Saves what was changed; durable on return.</summary>
    /// <exception cref="StashUnavailableException">Somebody else saved it in between.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        foreach (var name in _changed.Order(StringComparer.Ordinal).ToList())
        {
            var shard = shards[name];
            var content = JsonSeal.Serialize(shard.Content);
            var version =
                await artifacts.ReplaceAsync(name, content, shard.Version, cancellationToken)
                ?? throw new StashUnavailableException(
                    StashErrorKind.Conflict,
                    $"Somebody else is writing the results of the same images at this moment ({name})."
                );
            shards[name] = shard with { Version = version };
            _changed.Remove(name);
        }
    }

    private static bool Same(ImageRecord a, ImageRecord b) =>
        JsonSerializer
            .SerializeToUtf8Bytes(a, HavenJson.Options)
            .AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(b, HavenJson.Options));
}
