using HavenVlm.Core.Common;
using HavenVlm.Core.Storage;
using HavenVlm.Core.Vlm.Pool;

namespace HavenVlm.Core.Api;

/// <summary>Pauses all endpoints.</summary>
public sealed record PauseRequest
{
    /// <summary>When they are used again by themselves, up to 30 days from now; null = only when somebody resumes them.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>Pauses endpoints; kept as artifacts, so that a paused one is still paused after a restart.</summary>
internal sealed class EndpointControl(EndpointPool pool, IArtifactStore store, TimeProvider time)
{
    private const string Name = "endpoints/paused.json";
    private const string UntilName = "endpoints/paused-until.json";
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(30);

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

        var pause = await store.ReadSoundJsonAsync<PauseRequest>(
            UntilName,
            _ => true,
            "The pause of all endpoints is over; pause them again if they should be.",
            cancellationToken
        );
        pool.PauseAll(pause.Value?.Until);
    }

    /// <summary>Pauses or resumes one.</summary>
    /// <exception cref="ApiException">404: there is no such endpoint.</exception>
    public async Task SetPausedAsync(string endpoint, bool paused, CancellationToken cancellationToken)
    {
        var known = Names();
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

    /// <summary>Pauses all: until a time, or each until somebody resumes it.</summary>
    /// <exception cref="ApiException">400: the time is not ahead, or too far.</exception>
    public async Task PauseAllAsync(PauseRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (request.Until is { } until && (until <= now || until > now + LongestPause))
        {
            throw new ApiException(400, "Not a time to wait for", $"until: {until:O} is not within the next 30 days.");
        }

        if (request.Until is null)
        {
            var names = Names();
            await store.UpdateJsonAsync<string[]>(
                Name,
                before => [.. (before ?? []).Union(names, StringComparer.Ordinal)],
                cancellationToken
            );
            foreach (var name in names)
            {
                pool.SetPaused(name, paused: true);
            }

            return;
        }

        await store.UpdateJsonAsync<PauseRequest>(UntilName, _ => request, cancellationToken);
        pool.PauseAll(request.Until);
    }

    /// <summary>Ends every pause.</summary>
    public async Task ResumeAllAsync(CancellationToken cancellationToken)
    {
        await store.DeleteAsync(UntilName, cancellationToken);
        await store.UpdateJsonAsync<string[]>(Name, _ => [], cancellationToken);
        pool.PauseAll(until: null);
        foreach (var name in Names())
        {
            pool.SetPaused(name, paused: false);
        }
    }

    private string[] Names() => [.. pool.Snapshot().Select(endpoint => endpoint.Name)];
}
