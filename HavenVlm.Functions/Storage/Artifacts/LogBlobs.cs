using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace HavenVlm.Functions.Storage.Artifacts;

/// <summary>
/// How a log lies in blobs. Part 0 is the append blob <c>NAME</c>, part k the append blob <c>NAME~k</c>; parts are only ever added, so
/// lines keep their order. Sealing a part puts what it holds into the block blob <c>NAME~k~id</c> and, in one conditional step, empties the
/// append blob and makes it refer to that: a part's lines are those of the blob it refers to, then its own. '~' is no character of names.
/// </summary>
internal static class LogBlobs
{
    /// <summary>Whether a blob is an artifact itself and not a piece of one or something else of ours.</summary>
    public static bool IsArtifact(string blobName) => !blobName.Contains('~', StringComparison.Ordinal);

    /// <summary>Blob of a part.</summary>
    public static string Part(string name, int number) => number == 0 ? name : $"{name}~{number}";

    /// <summary>A new name for what a part holds when it is sealed.</summary>
    public static string NewSealed(string name, int number) => $"{name}~{number}~{Guid.NewGuid():N}";

    /// <summary>Prefix of everything that belongs to a log but part 0.</summary>
    public static string PiecesPrefix(string name) => name + "~";

    /// <summary>Number of the part that a blob is; null when it is a sealed piece.</summary>
    public static int? PartNumber(string name, string blobName) =>
        int.TryParse(blobName.AsSpan(name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The number of the last part that exists, 0 also when none does.</summary>
    public static async Task<int> LastPartAsync(BlobContainerClient container, string name, CancellationToken cancellationToken)
    {
        var last = 0;
        await foreach (var blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, PiecesPrefix(name), cancellationToken))
        {
            last = Math.Max(last, PartNumber(name, blob.Name) ?? 0);
        }

        return last;
    }

    /// <summary>The part as it is now; null when there is none.</summary>
    public static async Task<LogPart?> FindPartAsync(
        BlobContainerClient container,
        string name,
        int number,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var properties = await container
                .GetBlobClient(Part(name, number))
                .GetPropertiesAsync(conditions: null, cancellationToken: cancellationToken);
            return new LogPart(number, properties.Value);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Makes a part unless it exists.</summary>
    public static async Task CreatePartAsync(BlobContainerClient container, string name, int number, CancellationToken cancellationToken)
    {
        try
        {
            await container
                .GetAppendBlobClient(Part(name, number))
                .CreateAsync(
                    new AppendBlobCreateOptions { Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All } },
                    cancellationToken
                );
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            // Another writer was first.
        }
    }
}

/// <summary>A part of a log as the service describes it.</summary>
internal sealed class LogPart(int number, BlobProperties properties)
{
    // The emulator fails when a read spans tens of thousands of appended groups.
    private const int BlocksPerRead = 5_000;

    /// <summary>Metadata: the blob that holds the part's first lines, compressed.</summary>
    public const string SealedIn = "sealedin";

    /// <summary>Metadata: bytes of these lines before they were compressed.</summary>
    public const string SealedBytes = "sealedbytes";

    public int Number => number;

    /// <summary>Whether it is a log at all; other artifacts are written whole.</summary>
    public bool IsLog => properties.BlobType == BlobType.Append;

    /// <summary>Changes with every append.</summary>
    public ETag ETag => properties.ETag;

    /// <summary>Bytes that it holds itself.</summary>
    public long Length => properties.ContentLength;

    /// <summary>Groups appended to it since it was sealed.</summary>
    public int Blocks => properties.BlobCommittedBlockCount;

    /// <summary>Bytes of what it holds itself to be read with one call.</summary>
    public long LongestRead => Blocks <= BlocksPerRead ? Math.Max(1, Length) : Math.Max(1, Length / Blocks * BlocksPerRead);

    /// <summary>The blob with its first lines; null when it was never sealed.</summary>
    public string? SealedBlob { get; } = SealedBlobOf(properties.Metadata);

    /// <summary>Bytes of the lines in <see cref="SealedBlob"/>.</summary>
    public long SealedLength { get; } =
        properties.Metadata.TryGetValue(SealedBytes, out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : 0;

    /// <summary>The blob that metadata refer to.</summary>
    public static string? SealedBlobOf(IDictionary<string, string> metadata) => metadata.TryGetValue(SealedIn, out var name) ? name : null;
}
