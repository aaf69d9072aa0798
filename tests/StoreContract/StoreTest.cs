using System.Text;
using HavenVlm.Core.Storage;

namespace HavenVlm.StoreContract;

/// <summary>What the parts of the contract share.</summary>
public abstract class StoreTest<TFixture> : IAsyncLifetime
    where TFixture : IStoreFixture, new()
{
    private readonly TFixture _fixture = new();

    protected IArtifactStore Store => _fixture.Store;

    protected TFixture Fixture => _fixture;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected IArtifactStore Reopened() => _fixture.Reopened();

    protected async Task<string?> TextAsync(string name) =>
        await Reopened().ReadAsync(name, CancellationToken.None) is { } artifact ? Encoding.UTF8.GetString(artifact.Content.Span) : null;

    protected async Task<string?> LinesAsync(string name)
    {
        var stream = await Reopened().OpenReadAsync(name, CancellationToken.None);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    protected async Task<List<string>> ListAsync(string prefix)
    {
        var names = new List<string>();
        await foreach (var name in Store.ListAsync(prefix, CancellationToken.None))
        {
            names.Add(name);
        }

        return names;
    }
}
