using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace HavenVlm.Functions.Storage;

/// <summary>What of a storage account belongs to this app: one container and one queue.</summary>
/// <param name="connection">The account.</param>
/// <param name="containerName">The container, 3 to 63 lower-case letters, digits and single dashes.</param>
internal sealed class AzureStorage(AzureStorageConnection connection, string containerName)
{
    /// <summary>Container when the configuration names none.</summary>
    public const string DefaultContainer = "haven";

    /// <summary>Where requests from outside wait for the queue trigger.</summary>
    public const string RequestQueueName = "haven-requests";

    public BlobContainerClient Container { get; } = connection.Blobs().GetBlobContainerClient(Validated(containerName));

    /// <summary>The container for calls whose repetition the caller decides on.</summary>
    public BlobContainerClient ContainerWithoutRetries { get; } = connection.BlobsWithoutRetries().GetBlobContainerClient(containerName);

    public QueueClient Requests { get; } = connection.Queues().GetQueueClient(RequestQueueName);

    /// <summary>Where the Functions host puts requests that failed too often.</summary>
    public QueueClient PoisonRequests { get; } = connection.Queues().GetQueueClient(RequestQueueName + "-poison");

    public AzureStorageConnection Connection { get; } = connection;

    /// <summary>Makes the container and the queue where they are missing. Call it before anything else is used.</summary>
    /// <exception cref="InvalidOperationException">The account can't be reached or refuses us; the message says which and why.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            await Requests.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        }
        catch (Exception e) when (StorageFault.IsFault(e, cancellationToken))
        {
            throw new InvalidOperationException(
                $"The storage account at {Container.Uri.GetLeftPart(UriPartial.Authority)} cannot be used: {StorageFault.Describe(e)}",
                e
            );
        }
    }

    private static string Validated(string name)
    {
        var isGood =
            name.Length is >= 3 and <= 63
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            && name[0] != '-'
            && name[^1] != '-'
            && !name.Contains("--", StringComparison.Ordinal);
        return isGood
            ? name
            : throw new InvalidOperationException(
                $"\"{name}\" is no name of a blob container: 3 to 63 lower-case letters, digits and single dashes, none at the ends."
            );
    }
}
