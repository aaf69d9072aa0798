using System.IO.Compression;

namespace HavenVlm.Core.Storage;

/// <summary>
/// Opens the finished parts of an appended artifact. A damaged one is set aside as <c>NAME~k.gz.damaged</c> and replaced by what can be
/// read of it, so that the parts behind it, and what is appended from now on, are read as before.
/// </summary>
internal sealed class SealedPartReader(ArtifactFiles files, DamageReports? damage)
{
    /// <summary>What a file that was set aside is called from then on.</summary>
    public const string DamagedSuffix = ".damaged";

    /// <summary>The part's lines. The caller keeps writers of the artifact out.</summary>
    public async Task<PartsStream.Part> OpenAsync(string name, SealedPart part, CancellationToken cancellationToken)
    {
        var file = LineFile.OpenRead(part.Path);
        try
        {
            if (!part.Compressed)
            {
                return new PartsStream.Part(file, await LineFile.WholeLinesAsync(file.SafeFileHandle, file.Length, cancellationToken));
            }

            if (await DamagedGzip.IsSoundAsync(file, cancellationToken))
            {
                return new PartsStream.Part(new GZipStream(file, CompressionMode.Decompress));
            }
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }

        await file.DisposeAsync();
        return new PartsStream.Part(new MemoryStream(await RepairAsync(name, part.Path, cancellationToken), writable: false));
    }

    /// <summary>A name that is free for something that is set aside.</summary>
    public static string FreeDamagedPath(string path)
    {
        var free = path + DamagedSuffix;
        for (var number = 2; File.Exists(free); number++)
        {
            free = $"{path}{DamagedSuffix}-{number}";
        }

        return free;
    }

    private async Task<byte[]> RepairAsync(string name, string path, CancellationToken cancellationToken)
    {
        var lines = DamagedGzip.ReadableLines(await File.ReadAllBytesAsync(path, cancellationToken));
        if (lines.Length == 0)
        {
            // The framework compresses nothing to an empty file, which could not be told from a damaged one.
            lines = "\n"u8.ToArray();
        }

        var kept = FreeDamagedPath(path);
        try
        {
            await ReplaceAsync(path, kept, lines, cancellationToken);
            damage?.Add(
                name,
                $"A part of {name} is damaged; it is kept as {Path.GetFileName(kept)}. What could be read is used; the rest is requested again."
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk or one without the right to write: what can be read is used all the same.
            damage?.Add(name, $"A part of {name} is damaged and could not be set aside: {e.Message} What could be read of it is used.");
        }

        return lines;
    }

    private async Task ReplaceAsync(string path, string kept, byte[] lines, CancellationToken cancellationToken)
    {
        var temp = files.NewTempPath();
        try
        {
            await LineFile.CompressAsync(new MemoryStream(lines), temp, cancellationToken);
            // A copy first: at no moment may the part be missing, or those behind it would not be found.
            File.Copy(path, kept);
            DurableFile.Move(temp, path);
        }
        catch
        {
            File.Delete(temp);
            throw;
        }
    }
}
