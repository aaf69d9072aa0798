using HavenVlm.Functions.Storage;

namespace HavenVlm.Azurite.Tests.Storage;

public sealed class ConfigurationBlobTests(AzuriteServer azurite)
{
    [Fact]
    public async Task The_settings_file_is_read_again_only_when_it_changed()
    {
        var storage = await azurite.NewStorageAsync();
        var configuration = new ConfigurationBlob(storage);
        Assert.Null(await configuration.ReadAsync(known: null, CancellationToken.None));
        var blob = storage.Container.GetBlobClient("config/haven.yaml");
        await blob.UploadAsync(BinaryData.FromString("vlm: {}"));
        var first = await configuration.ReadAsync(known: null, CancellationToken.None);
        Assert.Equal("vlm: {}", first!.Text);
        Assert.Same(first, await configuration.ReadAsync(first, CancellationToken.None));

        await blob.UploadAsync(BinaryData.FromString("tags: {}"), overwrite: true);
        var second = await configuration.ReadAsync(first, CancellationToken.None);
        Assert.Equal("tags: {}", second!.Text);
        Assert.NotEqual(first.Version, second.Version);
        await blob.DeleteAsync();
        Assert.Null(await configuration.ReadAsync(second, CancellationToken.None));
        Assert.Equal($"{storage.Container.Name}/config/haven.yaml", configuration.Location);
    }
}
