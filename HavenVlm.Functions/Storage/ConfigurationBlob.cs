using Azure;
using Azure.Storage.Blobs.Models;

namespace HavenVlm.Functions.Storage;

/// <summary>The settings file in the container: the blob <c>config/haven.yaml</c>.</summary>
internal sealed class ConfigurationBlob(AzureStorage storage)
{
    public const string BlobName = "config/haven.yaml";

    /// <summary>Where it lies, for messages.</summary>
    public string Location => $"{storage.Container.Name}/{BlobName}";

    /// <summary>The file as it is now; null when there is none.</summary>
    /// <param name="known">What was read before; the same object is returned when the file has not changed since.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ConfigurationFile?> ReadAsync(ConfigurationFile? known, CancellationToken cancellationToken)
    {
        var conditions = new BlobRequestConditions { IfNoneMatch = known is null ? null : new ETag(known.Version) };
        try
        {
            var response = await storage
                .Container.GetBlobClient(BlobName)
                .DownloadContentAsync(new BlobDownloadOptions { Conditions = conditions }, cancellationToken);
            return response.GetRawResponse().Status == 304
                ? known
                : new ConfigurationFile(response.Value.Content.ToString(), response.Value.Details.ETag.ToString());
        }
        catch (RequestFailedException e) when (e.Status == 304)
        {
            return known;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }
}

/// <summary>The settings file as it was read.</summary>
/// <param name="Text">Its content.</param>
/// <param name="Version">Changes with the content.</param>
internal sealed record ConfigurationFile(string Text, string Version);
