namespace HavenVlm.Functions.Storage.Artifacts;

/// <summary>Sizes within which the blob store stays.</summary>
internal sealed record BlobStoreLimits
{
    /// <summary>What Azure allows, with a margin.</summary>
    public static BlobStoreLimits Default { get; } = new();

    /// <summary>Appended groups after which a log goes on in its next part. Azure's limit is 50,000.</summary>
    public int BlocksPerPart { get; init; } = 49_000;

    /// <summary>Bytes of one append; larger groups are split at lines.</summary>
    public int BytesPerBlock { get; init; } = 4 * 1024 * 1024;

    /// <summary>Times that an append which failed for a passing reason is made again.</summary>
    public int AppendRetries { get; init; } = 8;

    /// <summary>Age at which a compressed part that nothing refers to was left by a crash, not by somebody who is about to refer to it.</summary>
    public TimeSpan OrphanAge { get; init; } = TimeSpan.FromDays(1);
}
