using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using HavenVlm.Core.Storage;
using HavenVlm.Functions.Storage.Leases;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Functions.Storage.Artifacts;

/// <summary>
/// Artifacts as blobs of one container that any number of processes share. Whole content is a block blob, a log an append blob
/// (<see cref="LogBlobs"/>); an artifact's name is its blob's name.
/// </summary>
internal sealed class BlobArtifactStore : IArtifactStore
{
    // Metadata: who wrote this content; tells a repeated write whose first acknowledgement was lost from one that came too late.
    private const string Writer = "writer";
    private const string LogVersion = "log ";

    private readonly AzureStorage _storage;
    private readonly BlobStoreLimits _limits;
    private readonly LogAppender _appender;
    private readonly LogSealer _sealer;
    private readonly BlobLocks _locks;
    private readonly LogRepair _repair;
    private readonly DamageReports? _damage;
    private readonly NamedLocks _turns = new();

    /// <summary>Makes the store; the container exists.</summary>
    public BlobArtifactStore(
        AzureStorage storage,
        BlobStoreLimits limits,
        TimeProvider time,
        Random random,
        ILogger<BlobArtifactStore> logger,
        DamageReports? damage = null
    )
    {
        _storage = storage;
        _limits = limits;
        _appender = new LogAppender(storage, limits, time, random, logger);
        _sealer = new LogSealer(storage, limits, logger);
        _repair = new LogRepair(storage, damage);
        _damage = damage;
        _locks = new BlobLocks(storage, LeaseTimes.Default, time, random);
    }

    /// <inheritdoc/>
    public TimeSpan AppendGrouping { get; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<bool> WriteOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        await PutAsync(name, content, new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken) is not null;

    /// <inheritdoc/>
    public Task<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? expectedVersion,
        CancellationToken cancellationToken
    )
    {
        if (expectedVersion?.StartsWith(LogVersion, StringComparison.Ordinal) == true)
        {
            throw new InvalidOperationException($"\"{name}\" is a log; it is only appended to.");
        }

        var conditions = expectedVersion is null
            ? new BlobRequestConditions { IfNoneMatch = ETag.All }
            : new BlobRequestConditions { IfMatch = new ETag(expectedVersion) };
        return PutAsync(name, content, conditions, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Artifact?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        try
        {
            var response = await _storage.Container.GetBlobClient(name).DownloadStreamingAsync(cancellationToken: cancellationToken);
            using var result = response.Value;
            if (result.Details.BlobType == BlobType.Append)
            {
                return await ReadLogAsync(name, cancellationToken);
            }

            using var content = new MemoryStream();
            await result.Content.CopyToAsync(content, cancellationToken);
            return new Artifact(content.ToArray(), result.Details.ETag.ToString());
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<string?> SetAsideAsync(string name, string version, string consequence, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        if (await ReadAsync(name, cancellationToken) is not { } present || present.Version != version)
        {
            return null;
        }

        var kept = name + LogRepair.DamagedSuffix;
        for (var number = 2; !await WriteOnceAsync(kept, present.Content, cancellationToken); number++)
        {
            kept = $"{name}{LogRepair.DamagedSuffix}-{number}";
        }

        try
        {
            await _storage
                .Container.GetBlobClient(name)
                .DeleteIfExistsAsync(
                    conditions: new BlobRequestConditions { IfMatch = new ETag(version) },
                    cancellationToken: cancellationToken
                );
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            await DeleteAsync(kept, cancellationToken);
            return null;
        }

        _damage?.Add(name, DamageText.Of(name, kept, consequence));
        return kept;
    }

    /// <inheritdoc/>
    public async Task AppendAsync(string name, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        if (lines.IsEmpty)
        {
            return;
        }

        if (lines.Span[^1] != (byte)'\n')
        {
            throw new ArgumentException($"What is appended to \"{name}\" must end with a line feed.", nameof(lines));
        }

        using var turn = await _turns.TakeAsync(name, cancellationToken);
        foreach (var group in LineGroups.Of(lines, _limits.BytesPerBlock))
        {
            await _appender.AppendAsync(name, group, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        // The number of parts first: when a part is there, the ones before it are full.
        var last = await LogBlobs.LastPartAsync(_storage.Container, name, cancellationToken);
        var first = await LogBlobs.FindPartAsync(_storage.Container, name, 0, cancellationToken);
        if (first is null)
        {
            return null;
        }

        if (first.IsLog)
        {
            return new LogStream(_storage, _repair, name, last);
        }

        var whole = await ReadAsync(name, cancellationToken);
        var lines = whole?.Content.Span.LastIndexOf((byte)'\n') + 1;
        return whole is null ? null : new MemoryStream(whole.Content[..lines!.Value].ToArray(), writable: false);
    }

    /// <inheritdoc/>
    public async Task SealAsync(string name, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        using var turn = await _turns.TakeAsync(name, cancellationToken);
        _appender.Forget(name);
        await _sealer.SealAsync(name, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var slash = prefix.LastIndexOf('/');
        if (slash > 0)
        {
            ArtifactName.Validate(prefix[..slash]);
        }

        await foreach (var blob in _storage.Container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            if (blob.Name[0] == '~')
            {
                // Locks and slots; '~' comes behind every name.
                yield break;
            }

            if (LogBlobs.IsArtifact(blob.Name) && ArtifactName.IsValid(blob.Name))
            {
                yield return blob.Name;
            }
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        using var turn = await _turns.TakeAsync(name, cancellationToken);
        _appender.Forget(name);
        var pieces = new List<string>();
        await foreach (
            var blob in _storage.Container.GetBlobsAsync(BlobTraits.None, BlobStates.None, LogBlobs.PiecesPrefix(name), cancellationToken)
        )
        {
            pieces.Add(blob.Name);
        }

        // The one that is listed last: when a crash leaves some, they can still be found and deleted.
        foreach (var piece in pieces.Append(name))
        {
            await _storage.Container.GetBlobClient(piece).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task<IAsyncDisposable> LockAsync(string name, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        return _locks.TakeAsync(name, cancellationToken);
    }

    private async Task<Artifact> ReadLogAsync(string name, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        if (await OpenReadAsync(name, cancellationToken) is { } lines)
        {
            await using (lines)
            {
                await lines.CopyToAsync(content, cancellationToken);
            }
        }

        return new Artifact(content.ToArray(), $"{LogVersion}{content.Length}");
    }

    /// <summary>Writes whole content under a condition; returns its version, null when the condition did not hold.</summary>
    private async Task<string?> PutAsync(
        string name,
        ReadOnlyMemory<byte> content,
        BlobRequestConditions conditions,
        CancellationToken cancellationToken
    )
    {
        ArtifactName.Validate(name);
        var blob = _storage.Container.GetBlockBlobClient(name);
        var writer = Guid.NewGuid().ToString("N");
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        var options = new BlobUploadOptions
        {
            Conditions = conditions,
            Metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [Writer] = writer },
        };
        try
        {
            var written = await blob.UploadAsync(stream, options, cancellationToken);
            return written.Value.ETag.ToString();
        }
        catch (RequestFailedException e)
            when (e.ErrorCode == BlobErrorCode.BlobAlreadyExists
                || e.ErrorCode == BlobErrorCode.ConditionNotMet
                || e.ErrorCode == BlobErrorCode.BlobNotFound
            )
        {
            return await VersionIfWrittenByAsync(blob, writer, cancellationToken);
        }
    }

    private static async Task<string?> VersionIfWrittenByAsync(BlockBlobClient blob, string writer, CancellationToken cancellationToken)
    {
        try
        {
            var present = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            return present.Value.Metadata.TryGetValue(Writer, out var by) && by == writer ? present.Value.ETag.ToString() : null;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }
}
