using HavenVlm.Functions.Storage;

namespace HavenVlm.Azurite.Tests.Storage;

public sealed class AzureStorageConnectionTests
{
    [Fact]
    public void The_emulator_of_this_machine_is_reached_by_its_short_name()
    {
        var connection = From(("AzureWebJobsStorage", "UseDevelopmentStorage=true"));
        Assert.Equal("http://127.0.0.1:10000/devstoreaccount1", connection.Blobs().Uri.ToString().TrimEnd('/'));
        Assert.Equal("http://127.0.0.1:10001/devstoreaccount1", connection.Queues().Uri.ToString().TrimEnd('/'));
    }

    [Fact]
    public void A_connection_string_names_the_account()
    {
        var connection = From(
            ("AzureWebJobsStorage", "DefaultEndpointsProtocol=https;AccountName=haven;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net")
        );
        Assert.Equal("haven", connection.Blobs().AccountName);
        Assert.Equal("https://haven.queue.core.windows.net/", connection.Queues().Uri.ToString());
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("managedidentity", null)]
    [InlineData("ManagedIdentity", "00000000-0000-0000-0000-000000000001")]
    public void An_account_name_is_reached_with_the_identity(string? credential, string? clientId)
    {
        var connection = From(
            ("AzureWebJobsStorage:accountName", "haven"),
            ("AzureWebJobsStorage:credential", credential),
            ("AzureWebJobsStorage:clientId", clientId)
        );
        Assert.Equal("https://haven.blob.core.windows.net/", connection.Blobs().Uri.ToString());
        Assert.Equal("https://haven.queue.core.windows.net/", connection.Queues().Uri.ToString());
        Assert.False(connection.Blobs().CanGenerateAccountSasUri);
    }

    [Fact]
    public void Addresses_of_the_services_go_before_the_account_name()
    {
        var connection = From(
            ("AzureWebJobsStorage:accountName", "haven"),
            ("AzureWebJobsStorage:blobServiceUri", "https://haven.blob.core.chinacloudapi.cn")
        );
        Assert.Equal("https://haven.blob.core.chinacloudapi.cn/", connection.Blobs().Uri.ToString());
        Assert.Equal("https://haven.queue.core.windows.net/", connection.Queues().Uri.ToString());
    }

    [Fact]
    public void Names_each_missing_setting()
    {
        Assert.Contains("Set AzureWebJobsStorage to a connection string", Fault(), StringComparison.Ordinal);
        Assert.Contains("AzureWebJobsStorage__accountName", Fault(("AzureWebJobsStorage", " ")), StringComparison.Ordinal);
        Assert.Contains(
            "AzureWebJobsStorage__queueServiceUri is not",
            Fault(("AzureWebJobsStorage:blobServiceUri", "https://haven.blob.core.windows.net")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "AzureWebJobsStorage__blobServiceUri is not",
            Fault(("AzureWebJobsStorage:queueServiceUri", "https://haven.queue.core.windows.net")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("accountName", "https://haven.blob.core.windows.net", "3 to 24")]
    [InlineData("blobServiceUri", "haven", "which is no address like https://ACCOUNT.blob.core.windows.net")]
    [InlineData("blobServiceUri", "http://haven.blob.core.windows.net", "which is no address")]
    [InlineData("credential", "password", "expected managedidentity")]
    public void Names_what_cannot_be_read(string key, string value, string reason)
    {
        var fault = Fault(("AzureWebJobsStorage:accountName", "haven"), ("AzureWebJobsStorage:" + key, value));
        Assert.Contains($"AzureWebJobsStorage__{key} is \"{value}\"", fault, StringComparison.Ordinal);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AccountName=haven;AccountKey=hunter2;")]
    [InlineData("hunter2")]
    [InlineData("DefaultEndpointsProtocol=https;AccountKey=hunter2")]
    public void A_broken_connection_string_is_not_repeated_in_the_error(string text)
    {
        var fault = Fault(("AzureWebJobsStorage", text));
        Assert.Contains("AzureWebJobsStorage is no connection string", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_connection_can_be_named()
    {
        var connection = AzureStorageConnection.From(key => key == "Media:accountName" ? "other" : null, "Media");
        Assert.Equal("other", connection.Blobs().AccountName);
    }

    [Theory]
    [InlineData("Haven")]
    [InlineData("ha")]
    [InlineData("-haven")]
    [InlineData("a--b")]
    public void Refuses_an_invalid_container_name(string name)
    {
        var connection = From(("AzureWebJobsStorage", "UseDevelopmentStorage=true"));
        var e = Assert.Throws<InvalidOperationException>(() => new AzureStorage(connection, name));
        Assert.Contains($"\"{name}\" is no name of a blob container", e.Message, StringComparison.Ordinal);
    }

    private static AzureStorageConnection From(params (string Key, string? Value)[] settings) =>
        AzureStorageConnection.From(key => settings.LastOrDefault(setting => setting.Key == key).Value);

    private static string Fault(params (string Key, string? Value)[] settings)
    {
        var e = Assert.Throws<InvalidOperationException>(() => From(settings));
        Assert.Null(e.InnerException);
        return e.Message;
    }
}
