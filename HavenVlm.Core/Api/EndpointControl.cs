using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Pool;

namespace HavenVlm.Core.Api;

/// <summary>Pauses endpoints; kept as an artifact, so that a paused one is still paused after a restart.</summary>
internal sealed class EndpointControl(EndpointPool pool, IArtifactStore store)
{
    private const string Name = "endpoints/paused.json";

    /// <summary>Takes over what users set, here, before a restart, or through another process on the same store.</summary>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        var read = await store.ReadSoundJsonAsync<string[]>(
            Name,
            names => !names.Contains(null),
            "No endpoint counts as paused any more; pause again those that should be.",
            cancellationToken
        );
        var paused = read.Value ?? [];
        foreach (var endpoint in pool.Snapshot())
        {
            pool.SetPaused(endpoint.Name, paused.Contains(endpoint.Name, StringComparer.Ordinal));
        }
    }

    public async Task SetPausedAsync(string endpoint, bool paused, CancellationToken cancellationToken)
    {
        var known = pool.Snapshot().Select(e => e.Name).ToArray();
        if (!known.Contains(endpoint, StringComparer.Ordinal))
        {
            throw new ApiException(404, "No such endpoint", $"Unknown endpoint; the endpoints are: {string.Join(", ", known)}.");
        }

        await store.UpdateJsonAsync<string[]>(
            Name,
            before =>
            {
                var others = (before ?? []).Where(e => !string.Equals(e, endpoint, StringComparison.Ordinal));
                return [.. paused ? others.Append(endpoint) : others];
            },
            cancellationToken
        );
        pool.SetPaused(endpoint, paused);
    }
}
