using System.Text.Json;

namespace HavenVlm.Core.Storage;

/// <summary>Artifacts that hold one JSON document.</summary>
internal static class JsonArtifacts
{
    private const int Attempts = 20;

    public static Task<bool> WriteOnceJsonAsync<T>(this IArtifactStore store, string name, T value, CancellationToken cancellationToken) =>
        store.WriteOnceAsync(name, JsonSerializer.SerializeToUtf8Bytes(value, HavenJson.Options), cancellationToken);

    /// <summary>The document, or the type's default when there is none.</summary>
    public static async Task<T?> ReadJsonAsync<T>(this IArtifactStore store, string name, CancellationToken cancellationToken)
    {
        var artifact = await store.ReadAsync(name, cancellationToken);
        return artifact is null ? default : JsonSerializer.Deserialize<T>(artifact.Content.Span, HavenJson.Options);
    }

    /// <summary>The document that must be there.</summary>
    /// <exception cref="Workflows.PermanentFailureException">It is gone: somebody removed it from the data folder.</exception>
    public static async Task<T> RequireJsonAsync<T>(this IArtifactStore store, string name, CancellationToken cancellationToken)
        where T : class =>
        await store.ReadJsonAsync<T>(name, cancellationToken)
        ?? throw new Workflows.PermanentFailureException($"The artifact {name} is gone from the data folder. Start the work again.");

    /// <summary>Reads, changes and writes a document until nobody wrote in between. A change that returns null leaves it as it is.</summary>
    public static async Task UpdateJsonAsync<T>(
        this IArtifactStore store,
        string name,
        Func<T?, T?> change,
        CancellationToken cancellationToken
    )
        where T : class
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var artifact = await store.ReadAsync(name, cancellationToken);
            var before = artifact is null ? null : JsonSerializer.Deserialize<T>(artifact.Content.Span, HavenJson.Options);
            var after = change(before);
            if (after is null)
            {
                return;
            }

            var content = JsonSerializer.SerializeToUtf8Bytes(after, HavenJson.Options);
            if (await store.ReplaceAsync(name, content, artifact?.Version, cancellationToken) is not null)
            {
                return;
            }
        }

        throw new IOException($"The artifact {name} kept changing under us; trying again later.");
    }
}
