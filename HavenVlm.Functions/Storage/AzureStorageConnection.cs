using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace HavenVlm.Functions.Storage;

/// <summary>
/// How to reach the storage account: what Azure Functions itself reads from <c>AzureWebJobsStorage</c>, either a connection string or,
/// with an identity and without any key, <c>AzureWebJobsStorage__accountName</c> and its relatives.
/// </summary>
internal sealed class AzureStorageConnection
{
    /// <summary>The setting that Azure Functions uses too.</summary>
    public const string DefaultName = "AzureWebJobsStorage";

    private const int Retries = 6;

    private readonly string? _connectionString;
    private readonly Uri? _blobs;
    private readonly Uri? _queues;
    private readonly TokenCredential? _credential;

    private AzureStorageConnection(string connectionString) => _connectionString = connectionString;

    private AzureStorageConnection(Uri blobs, Uri queues, TokenCredential credential)
    {
        _blobs = blobs;
        _queues = queues;
        _credential = credential;
    }

    /// <summary>Pause before the first retry of a call that failed for a passing reason; it doubles up to 20 times that.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a single try of a call may take.</summary>
    public TimeSpan NetworkTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads the connection from settings.</summary>
    /// <param name="setting">
    /// Value of a setting by its configuration key (<c>AzureWebJobsStorage:accountName</c> for the variable
    /// <c>AzureWebJobsStorage__accountName</c>); null or empty = not set.
    /// </param>
    /// <param name="name">Name of the connection.</param>
    /// <exception cref="InvalidOperationException">Something is missing or can't be read; the message says which setting.</exception>
    public static AzureStorageConnection From(Func<string, string?> setting, string name = DefaultName)
    {
        var connectionString = Value(name);
        if (connectionString is not null)
        {
            return FromConnectionString(connectionString, name);
        }

        var account = Value($"{name}:accountName");
        var blobs = Address("blob");
        var queues = Address("queue");
        if (blobs is null && queues is null)
        {
            throw new InvalidOperationException(
                $"No storage account is configured. Set {name} to a connection string (UseDevelopmentStorage=true for Azurite on this machine), "
                    + $"or {name}__accountName to the account's name to use the app's identity."
            );
        }

        var given = blobs is null ? "queueServiceUri" : "blobServiceUri";
        var missing = blobs is null ? "blobServiceUri" : "queueServiceUri";
        if (blobs is null || queues is null)
        {
            throw new InvalidOperationException(
                $"{name}__{given} is set but {name}__{missing} is not. Set that too, or {name}__accountName instead of both."
            );
        }

        return new AzureStorageConnection(blobs, queues, Credential(Value($"{name}:credential"), Value($"{name}:clientId"), name));

        string? Value(string key) => setting(key) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

        Uri? Address(string service)
        {
            var key = $"{name}:{service}ServiceUri";
            if (Value(key) is not { } text)
            {
                return account is null ? null : new Uri($"https://{AccountName(account, name)}.{service}.core.windows.net");
            }

            return Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback)
                ? uri
                : throw new InvalidOperationException(
                    $"{key.Replace(":", "__", StringComparison.Ordinal)} is \"{text}\", which is no address like https://ACCOUNT.{service}.core.windows.net"
                );
        }
    }

    public BlobServiceClient Blobs() => Blobs(Retries);

    /// <summary>The blob service for calls whose repetition the caller decides on.</summary>
    public BlobServiceClient BlobsWithoutRetries() => Blobs(retries: 0);

    /// <summary>The queue service. Messages are written as the Functions trigger reads them by default: base64.</summary>
    public QueueServiceClient Queues()
    {
        var options = new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 };
        Configure(options, Retries);
        return _connectionString is null
            ? new QueueServiceClient(_queues, _credential, options)
            : new QueueServiceClient(_connectionString, options);
    }

    // The reason why it can't be read stays out of the message: it may quote what it found, and that holds a key.
    private static AzureStorageConnection FromConnectionString(string text, string name) =>
        IsConnectionString(text)
            ? new AzureStorageConnection(text)
            : throw new InvalidOperationException(
                $"{name} is no connection string of a storage account with blobs and queues. It looks like "
                    + "DefaultEndpointsProtocol=https;AccountName=NAME;AccountKey=KEY;EndpointSuffix=core.windows.net, "
                    + "or UseDevelopmentStorage=true for Azurite."
            );

    private static bool IsConnectionString(string text)
    {
        try
        {
            // Both, because a connection string may name one service only.
            _ = new BlobServiceClient(text);
            _ = new QueueServiceClient(text);
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string AccountName(string text, string name) =>
        text.Length is >= 3 and <= 24 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            ? text
            : throw new InvalidOperationException(
                $"{name}__accountName is \"{text}\"; a storage account's name has 3 to 24 lower-case letters and digits."
            );

    private static TokenCredential Credential(string? kind, string? clientId, string name)
    {
        if (kind is null)
        {
            return new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId });
        }

        if (kind.Equals("managedidentity", StringComparison.OrdinalIgnoreCase))
        {
            return new ManagedIdentityCredential(
                clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId)
            );
        }

        throw new InvalidOperationException(
            $"{name}__credential is \"{kind}\"; expected managedidentity, or leave it out to try every way to sign in that this machine has."
        );
    }

    private BlobServiceClient Blobs(int retries)
    {
        var options = new BlobClientOptions();
        Configure(options, retries);
        return _connectionString is null
            ? new BlobServiceClient(_blobs, _credential, options)
            : new BlobServiceClient(_connectionString, options);
    }

    private void Configure(ClientOptions options, int retries)
    {
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = retries;
        options.Retry.Delay = RetryDelay;
        options.Retry.MaxDelay = RetryDelay * 20;
        options.Retry.NetworkTimeout = NetworkTimeout;
    }
}
