using System.Text.Json;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Storage;

/// <summary>
/// Artifacts that hold one JSON document. One that cannot be read is set aside as <c>NAME.damaged</c>, reported, and counts as absent:
/// the one rule for every document in the data folder.
/// </summary>
internal static class JsonArtifacts
{
    private const int Attempts = 20;

    // We never write a null where none may be: a document that has one is damaged.
    private static readonly JsonSerializerOptions Strict = new(HavenJson.Options) { RespectNullableAnnotations = true };

    public static Task<bool> WriteOnceJsonAsync<T>(this IArtifactStore store, string name, T value, CancellationToken cancellationToken) =>
        store.WriteOnceAsync(name, JsonSeal.Serialize(value), cancellationToken);

    /// <summary>The document, or the type's default when there is none that can be read.</summary>
    public static async Task<T?> ReadJsonAsync<T>(this IArtifactStore store, string name, CancellationToken cancellationToken) =>
        (await store.ReadSoundJsonAsync<T>(name, isSound: null, consequence: "", cancellationToken)).Value;

    /// <summary>The document and its version; a damaged one is set aside and counts as absent.</summary>
    /// <param name="store">The store.</param>
    /// <param name="name">Name of the artifact.</param>
    /// <param name="isSound">Whether what the text says can be what was written; null = every document of the type can.</param>
    /// <param name="consequence">What is lost when it is damaged, a sentence for the user.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="newestLayout">The newest layout that this program reads, where documents say theirs.</param>
    /// <exception cref="Common.PermanentFailureException">A newer program wrote it, which is no damage.</exception>
    public static async Task<JsonArtifact<T>> ReadSoundJsonAsync<T>(
        this IArtifactStore store,
        string name,
        Func<T, bool>? isSound,
        string consequence,
        CancellationToken cancellationToken,
        int newestLayout = int.MaxValue
    )
    {
        while (true)
        {
            var artifact = await store.ReadAsync(name, cancellationToken);
            if (artifact is null)
            {
                return new JsonArtifact<T>(default, Version: null, Kept: null);
            }

            var isWhole = JsonSeal.TryOpen(artifact.Content.Span, out var document);
            if (isWhole && TryParse(document, isSound, out var value))
            {
                return new JsonArtifact<T>(value, artifact.Version, Kept: null);
            }

            if (isWhole && VersionOf(artifact.Content) > newestLayout)
            {
                throw new Common.PermanentFailureException($"{name} was written by a newer Haven VLM: use that one.");
            }

            // Null = somebody has replaced it meanwhile: that is read then.
            if (await store.SetAsideAsync(name, artifact.Version, consequence, cancellationToken) is { } kept)
            {
                return new JsonArtifact<T>(default, Version: null, kept);
            }
        }
    }

    /// <summary>The document that must be there.</summary>
    /// <exception cref="Common.PermanentFailureException">It is damaged, or somebody removed it from the data folder.</exception>
    public static async Task<T> RequireJsonAsync<T>(this IArtifactStore store, string name, CancellationToken cancellationToken)
        where T : class
    {
        var read = await store.ReadSoundJsonAsync<T>(name, isSound: null, "The work that needs it has failed.", cancellationToken);
        return read.Value
            ?? throw new Common.PermanentFailureException(
                read.Kept is null
                    ? $"The artifact {name} is gone from the data folder. Start the work again."
                    : $"The artifact {name} is damaged. It is kept as {read.Kept}. Start the work again."
            );
    }

    /// <summary>Writes a document unless there is one that can be read; returns the one that counts.</summary>
    public static async Task<T> WriteOnceOrReadJsonAsync<T>(
        this IArtifactStore store,
        string name,
        T value,
        CancellationToken cancellationToken
    )
        where T : class
    {
        while (true)
        {
            if (await store.WriteOnceJsonAsync(name, value, cancellationToken))
            {
                return value;
            }

            if (await store.ReadJsonAsync<T>(name, cancellationToken) is { } present)
            {
                return present;
            }
        }
    }

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
            var before = await store.ReadSoundJsonAsync<T>(name, isSound: null, consequence: "", cancellationToken);
            var after = change(before.Value);
            if (after is null)
            {
                return;
            }

            var content = JsonSeal.Serialize(after);
            if (await store.ReplaceAsync(name, content, before.Version, cancellationToken) is not null)
            {
                return;
            }
        }

        throw new IOException($"The artifact {name} kept changing under us; trying again later.");
    }

    /// <summary>The number under "version" in a document of any layout; null = there is none that can be read.</summary>
    public static int? VersionOf(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return
                document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("version", out var version)
                && version.TryGetInt32(out var number)
                ? number
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TryParse<T>(ReadOnlySpan<byte> content, Func<T, bool>? isSound, out T? value)
    {
        try
        {
            value = JsonSerializer.Deserialize<T>(content, Strict);
            return value is not null && (isSound is null || isSound(value));
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException or OverflowException)
        {
            // Overflow: a length of time out of any range.
            value = default;
            return false;
        }
    }
}

/// <summary>A JSON document as it was read.</summary>
/// <param name="Value">What it says; the type's default when there is none.</param>
/// <param name="Version">Its version; null = there is none.</param>
/// <param name="Kept">Not null = it was damaged just now and is kept under this name.</param>
internal sealed record JsonArtifact<T>(T? Value, string? Version, string? Kept);
