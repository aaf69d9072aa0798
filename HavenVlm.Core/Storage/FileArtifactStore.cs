using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace HavenVlm.Core.Storage;

/// <summary>
/// Artifacts as files under one folder that one process owns. Everything is on the disk when a method returns; whole content is replaced
/// by renaming, so that a crash leaves the old or the new one.
/// </summary>
public sealed class FileArtifactStore : IArtifactStore
{
    private readonly ArtifactFiles _files;
    private readonly SealedPartReader _parts;
    private readonly DamageReports? _damage;
    private readonly NamedLocks _writers = new();
    private readonly NamedLocks _locks = new();

    /// <param name="root">The folder; made when it is first written to.</param>
    /// <param name="damage">Takes reports of what cannot be read; null = nobody wants them.</param>
    public FileArtifactStore(string root, DamageReports? damage = null)
    {
        _files = new ArtifactFiles(Path.GetFullPath(root));
        _parts = new SealedPartReader(_files, damage);
        _damage = damage;
    }

    /// <inheritdoc/>
    public TimeSpan AppendGrouping { get; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The folder.</summary>
    public string Root => _files.Root;

    /// <summary>Names that are locked or being written now.</summary>
    internal int LocksInUse => _writers.Count + _locks.Count;

    /// <inheritdoc/>
    public async Task<bool> WriteOnceAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        using var writer = await _writers.TakeAsync(name, cancellationToken);
        if (Exists(name))
        {
            return false;
        }

        await PutAsync(name, content, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task<Artifact?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        using var writer = await _writers.TakeAsync(name, cancellationToken);
        return await ReadWholeAsync(name, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<string?> ReplaceAsync(
        string name,
        ReadOnlyMemory<byte> content,
        string? expectedVersion,
        CancellationToken cancellationToken
    )
    {
        ArtifactName.Validate(name);
        using var writer = await _writers.TakeAsync(name, cancellationToken);
        var present = await ReadWholeAsync(name, cancellationToken);
        if (!string.Equals(present?.Version, expectedVersion, StringComparison.Ordinal))
        {
            return null;
        }

        await PutAsync(name, content, cancellationToken);
        DeleteParts(name);
        return VersionOf(content.Span);
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

        using var writer = await _writers.TakeAsync(name, cancellationToken);
        await LineFile.AppendAsync(_files.PathOf(name), lines, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Stream?> OpenReadAsync(string name, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        // The pieces are opened while nobody seals them; what is open stays readable afterwards.
        using var writer = await _writers.TakeAsync(name, cancellationToken);
        var parts = new List<PartsStream.Part>();
        try
        {
            foreach (var part in _files.SealedParts(name))
            {
                parts.Add(await _parts.OpenAsync(name, part, cancellationToken));
            }

            if (File.Exists(_files.PathOf(name)))
            {
                var file = LineFile.OpenRead(_files.PathOf(name));
                parts.Add(new PartsStream.Part(file, 0));
                var length = await LineFile.WholeLinesAsync(file.SafeFileHandle, file.Length, cancellationToken);
                parts[^1] = new PartsStream.Part(file, length);
            }
        }
        catch
        {
            await new PartsStream(parts).DisposeAsync();
            throw;
        }

        return parts.Count == 0 ? null : new PartsStream(parts);
    }

    /// <inheritdoc/>
    public async Task SealAsync(string name, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        using var writer = await _writers.TakeAsync(name, cancellationToken);
        var path = _files.PathOf(name);
        var parts = _files.SealedParts(name);
        if (File.Exists(path))
        {
            var number = parts.Count == 0 ? 1 : parts[^1].Number + 1;
            await LineFile.CutTornEndAsync(path, cancellationToken);
            DurableFile.Move(path, $"{path}~{number}");
            parts = [.. parts, new SealedPart(number, $"{path}~{number}", Compressed: false)];
        }

        foreach (var part in parts)
        {
            if (!part.Compressed)
            {
                await CompressAsync(part.Path, cancellationToken);
            }

            // Left over when the last step of an earlier sealing did not happen.
            File.Delete($"{path}~{part.Number}");
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var slash = prefix.LastIndexOf('/');
        var folder = slash < 0 ? "" : prefix[..slash];
        if (folder.Length > 0)
        {
            ArtifactName.Validate(folder);
        }

        foreach (var name in ArtifactListing.Of(_files, folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                yield return name;
            }
        }

        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<string?> SetAsideAsync(string name, string version, string consequence, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        using var writer = await _writers.TakeAsync(name, cancellationToken);
        var present = await ReadWholeAsync(name, cancellationToken);
        if (!string.Equals(present?.Version, version, StringComparison.Ordinal))
        {
            return null;
        }

        var path = _files.PathOf(name);
        var kept = SealedPartReader.FreeDamagedPath(path);
        DurableFile.Move(path, kept);
        var keptName = name + kept[path.Length..];
        _damage?.Add(name, DamageText.Of(name, keptName, consequence));
        return keptName;
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        using var writer = await _writers.TakeAsync(name, cancellationToken);
        if (Exists(name))
        {
            DeleteParts(name);
            File.Delete(_files.PathOf(name));
            DurableFile.FlushDirectory(Path.GetDirectoryName(_files.PathOf(name))!);
        }
    }

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> LockAsync(string name, CancellationToken cancellationToken)
    {
        ArtifactName.Validate(name);
        return await _locks.TakeAsync(name, cancellationToken);
    }

    private static string VersionOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content))[..32];

    private bool Exists(string name) => File.Exists(_files.PathOf(name)) || _files.SealedParts(name).Count > 0;

    private async Task<Artifact?> ReadWholeAsync(string name, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        await using (content)
        {
            var parts = _files.SealedParts(name);
            foreach (var part in parts)
            {
                await using var plain = new PartsStream([await _parts.OpenAsync(name, part, cancellationToken)]);
                await plain.CopyToAsync(content, cancellationToken);
            }

            if (File.Exists(_files.PathOf(name)))
            {
                await using var file = LineFile.OpenRead(_files.PathOf(name));
                await file.CopyToAsync(content, cancellationToken);
            }
            else if (parts.Count == 0)
            {
                return null;
            }

            var bytes = content.ToArray();
            return new Artifact(bytes, VersionOf(bytes));
        }
    }

    private async Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var path = _files.PathOf(name);
        DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
        var temp = _files.NewTempPath();
        try
        {
            await DurableFile.WriteNewAsync(temp, content, cancellationToken);
            DurableFile.Move(temp, path);
        }
        catch
        {
            File.Delete(temp);
            throw;
        }
    }

    private async Task CompressAsync(string path, CancellationToken cancellationToken)
    {
        var temp = _files.NewTempPath();
        try
        {
            await LineFile.CompressAsync(path, temp, cancellationToken);
            DurableFile.Move(temp, path + ".gz");
        }
        catch
        {
            File.Delete(temp);
            throw;
        }
    }

    private void DeleteParts(string name)
    {
        // From the last to the first: what a crash leaves is still numbered without gaps.
        foreach (var part in _files.SealedParts(name).Reverse())
        {
            File.Delete(part.Path);
            File.Delete($"{_files.PathOf(name)}~{part.Number}");
            File.Delete(part.Path + SealedPartReader.DamagedSuffix);
        }
    }
}
