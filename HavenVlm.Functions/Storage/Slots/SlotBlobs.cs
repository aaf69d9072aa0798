using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace HavenVlm.Functions.Storage.Slots;

/// <summary>
/// The blobs behind the slots of one endpoint: <c>~slots/ENDPOINT/INDEX</c>, of which the holder has a lease, and
/// <c>~slots/ENDPOINT/waiting/PROCESS</c>, which a process that waits writes now and then.
/// </summary>
internal sealed class SlotBlobs(BlobContainerClient container, string endpoint, string process, LeaseSlotTimes times)
{
    private const string Waiting = "waiting/";

    // Marks that old belong to processes that are gone.
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    private readonly string _prefix = $"~slots/{FolderOf(endpoint)}/";

    /// <summary>What the service says about the endpoint's slots.</summary>
    /// <param name="Free">Slots that nobody holds.</param>
    /// <param name="Waiting">Other processes that lately said that they wait.</param>
    internal sealed record View(IReadOnlyList<int> Free, int Waiting);

    /// <summary>Blob of a slot.</summary>
    public string Slot(int index) => _prefix + index.ToString(CultureInfo.InvariantCulture);

    /// <summary>Looks at the slots 0 to <paramref name="count"/> - 1. Ages are by the service's clock.</summary>
    public async Task<View> ReadAsync(int count, CancellationToken cancellationToken)
    {
        var free = Enumerable.Range(0, count).ToHashSet();
        var waiting = 0;
        var forgotten = new List<string>();
        await foreach (var page in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, _prefix, cancellationToken).AsPages())
        {
            var now = page.GetRawResponse().Headers.Date ?? DateTimeOffset.MinValue;
            foreach (var blob in page.Values)
            {
                var name = blob.Name[_prefix.Length..];
                if (!name.StartsWith(Waiting, StringComparison.Ordinal))
                {
                    if (blob.Properties.LeaseState is LeaseState.Leased or LeaseState.Breaking)
                    {
                        free.Remove(int.Parse(name, NumberStyles.None, CultureInfo.InvariantCulture));
                    }

                    continue;
                }

                var age = now - blob.Properties.LastModified;
                waiting += age <= times.AnnouncementLifetime && name != Waiting + process ? 1 : 0;
                if (age > Forgotten)
                {
                    forgotten.Add(blob.Name);
                }
            }
        }

        foreach (var mark in forgotten)
        {
            await container.GetBlobClient(mark).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }

        return new View([.. free.Order()], waiting);
    }

    /// <summary>Says that this process waits.</summary>
    public Task AnnounceWaitingAsync(CancellationToken cancellationToken) =>
        container.GetBlobClient(_prefix + Waiting + process).UploadAsync(BinaryData.Empty, overwrite: true, cancellationToken);

    /// <summary>Names of endpoints may hold anything; two that look alike in a folder's name still differ by the hash.</summary>
    private static string FolderOf(string endpoint)
    {
        var readable = string.Concat(endpoint.ToLowerInvariant().Take(40).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        return $"{readable}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(endpoint)))[..16]}";
    }
}
