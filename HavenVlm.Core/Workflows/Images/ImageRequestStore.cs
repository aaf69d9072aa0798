using HavenVlm.Core.Analysis.Images;
using HavenVlm.Core.Common;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>What became of a chunk, kept so that a repeated step does not count twice.</summary>
internal sealed record ChunkOutcome
{
    public int Done { get; init; }
    public int Failed { get; init; }
    public int Skipped { get; init; }
    public int Writes { get; init; }
    public IReadOnlyList<ImageFailure> Failures { get; init; } = [];
    public IReadOnlyList<string> Changes { get; init; } = [];
}

/// <summary>The artifacts of requests for images. All but the request itself belong to one run and go when it has finished.</summary>
internal sealed class ImageRequestStore(IArtifactStore store)
{
    // Reading one chunk's ids reads no more than some thousand of them.
    private const int ChunksPerPage = 20;

    public Task<bool> WriteRequestAsync(string instanceId, ImageRequest request, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync($"requests/{instanceId}/request.json", request, cancellationToken);

    public Task<ImageRequest> ReadRequestAsync(string instanceId, CancellationToken cancellationToken) =>
        store.RequireJsonAsync<ImageRequest>($"requests/{instanceId}/request.json", cancellationToken);

    /// <summary>The request; null = there is none, or no longer.</summary>
    public Task<ImageRequest?> FindRequestAsync(string instanceId, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<ImageRequest>($"requests/{instanceId}/request.json", cancellationToken);

    /// <summary>Writes a request over the one before: which images it is about when it is started again.</summary>
    public Task ReplaceRequestAsync(string instanceId, ImageRequest request, CancellationToken cancellationToken) =>
        store.UpdateJsonAsync<ImageRequest>($"requests/{instanceId}/request.json", _ => request, cancellationToken);

    /// <summary>Writes the list of images page by page as it comes; returns how many there are.</summary>
    public async Task<int> WriteIdsAsync(
        ImageRunInput run,
        int batchSize,
        IAsyncEnumerable<ImageId> ids,
        CancellationToken cancellationToken
    )
    {
        var count = 0;
        var page = new List<ImageId>(batchSize * ChunksPerPage);
        await foreach (var id in ids.WithCancellation(cancellationToken))
        {
            page.Add(id);
            if (page.Count == batchSize * ChunksPerPage)
            {
                await WriteAsync();
            }
        }

        if (page.Count > 0)
        {
            await WriteAsync();
        }

        return count;

        async Task WriteAsync()
        {
            var number = count / (batchSize * ChunksPerPage);
            // Overwritten when an earlier attempt broke off: the list counts from when it is complete.
            await store.UpdateJsonAsync<ImageId[]>(Name(run, $"ids-{number}"), _ => [.. page], cancellationToken);
            count += page.Count;
            page.Clear();
        }
    }

    /// <summary>The ids of a chunk, as calls to Stash take them.</summary>
    public async Task<IReadOnlyList<string>> ReadIdsAsync(ImageRunInput run, int chunk, CancellationToken cancellationToken)
    {
        var prepared = await RequirePreparedAsync(run, cancellationToken);
        var page = await store.RequireJsonAsync<string[]>(Name(run, $"ids-{chunk / ChunksPerPage}"), cancellationToken);
        return [.. page.Skip(chunk % ChunksPerPage * prepared.BatchSize).Take(prepared.BatchSize)];
    }

    public Task WriteGalleriesAsync(ImageRunInput run, IReadOnlyList<string> galleryIds, CancellationToken cancellationToken) =>
        store.UpdateJsonAsync<string[]>(Name(run, "galleries"), _ => [.. galleryIds], cancellationToken);

    public async Task<IReadOnlyList<string>> ReadGalleriesAsync(ImageRunInput run, CancellationToken cancellationToken) =>
        await store.ReadJsonAsync<string[]>(Name(run, "galleries"), cancellationToken) ?? [];

    public Task WriteSettingsAsync(ImageRunInput run, ImageSettings settings, CancellationToken cancellationToken) =>
        store.UpdateJsonAsync<ImageSettings>(Name(run, "settings"), _ => settings, cancellationToken);

    public Task<ImageSettings> ReadSettingsAsync(ImageRunInput run, CancellationToken cancellationToken) =>
        store.RequireJsonAsync<ImageSettings>(Name(run, "settings"), cancellationToken);

    /// <summary>Freezes a run: list and settings are complete. The first one stays.</summary>
    public Task<bool> WritePreparedAsync(ImageRunInput run, ImagesPrepared prepared, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync(Name(run, "prepared"), prepared, cancellationToken);

    public Task<ImagesPrepared?> ReadPreparedAsync(ImageRunInput run, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<ImagesPrepared>(Name(run, "prepared"), cancellationToken);

    public Task<ImagesPrepared> RequirePreparedAsync(ImageRunInput run, CancellationToken cancellationToken) =>
        store.RequireJsonAsync<ImagesPrepared>(Name(run, "prepared"), cancellationToken);

    public Task<bool> WriteOutcomeAsync(ImageRunInput run, int chunk, ChunkOutcome outcome, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync(Name(run, $"outcome-{chunk}"), outcome, cancellationToken);

    public Task<ChunkOutcome?> ReadOutcomeAsync(ImageRunInput run, int chunk, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<ChunkOutcome>(Name(run, $"outcome-{chunk}"), cancellationToken);

    /// <summary>Ids of the images of a prepared run whose chunks have no outcome yet.</summary>
    public async Task<IReadOnlyList<ImageId>> ReadOutstandingAsync(ImageRunInput run, CancellationToken cancellationToken)
    {
        if (await ReadPreparedAsync(run, cancellationToken) is not { } prepared)
        {
            return [];
        }

        var ended = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var name in store.ListAsync($"requests/{run.InstanceId}/{run.Run}/outcome-", cancellationToken))
        {
            ended.Add(name);
        }

        var ids = new List<ImageId>();
        foreach (var page in Enumerable.Range(0, prepared.Chunks).Chunk(ChunksPerPage))
        {
            var open = page.Where(chunk => !ended.Contains(Name(run, $"outcome-{chunk}"))).ToList();
            var list =
                open.Count == 0 ? [] : await store.ReadJsonAsync<ImageId[]>(Name(run, $"ids-{page[0] / ChunksPerPage}"), cancellationToken);
            ids.AddRange(open.SelectMany(chunk => (list ?? []).Skip((chunk - page[0]) * prepared.BatchSize).Take(prepared.BatchSize)));
        }

        return ids;
    }

    /// <summary>Keeps which images failed in a run that has finished, for when the request is started again.</summary>
    public Task WriteFailedAsync(ImageRunInput run, IReadOnlyList<ImageId> imageIds, CancellationToken cancellationToken) =>
        store.UpdateJsonAsync<ImageId[]>(FailedName(run), _ => [.. imageIds], cancellationToken);

    /// <summary>The images that failed or had not been done when the last run ended; null = it had not got as far as a list.</summary>
    public async Task<IReadOnlyList<ImageId>?> ReadUnfinishedAsync(InstanceId instanceId, CancellationToken cancellationToken)
    {
        if (await LatestRunAsync(instanceId, cancellationToken) is not { } name)
        {
            return await ReadFailedAsync(instanceId, cancellationToken);
        }

        var run = new ImageRunInput(instanceId, name);
        var ids = new List<ImageId>();
        var prepared = await RequirePreparedAsync(run, cancellationToken);
        for (var chunk = 0; chunk < prepared.Chunks; chunk++)
        {
            ids.AddRange((await ReadOutcomeAsync(run, chunk, cancellationToken))?.Failures.Select(failure => failure.ImageId) ?? []);
        }

        ids.AddRange(await ReadOutstandingAsync(run, cancellationToken));
        return ids;
    }

    public Task<bool> WriteFinishedAsync(ImageRunInput run, TagImagesOutput output, CancellationToken cancellationToken) =>
        store.WriteOnceJsonAsync(FinishedName(run), output, cancellationToken);

    public Task<TagImagesOutput?> ReadFinishedAsync(ImageRunInput run, CancellationToken cancellationToken) =>
        store.ReadJsonAsync<TagImagesOutput>(FinishedName(run), cancellationToken);

    /// <summary>Removes what a run needed while it ran.</summary>
    public Task DeleteRunAsync(ImageRunInput run, CancellationToken cancellationToken) =>
        DeleteAsync($"requests/{run.InstanceId}/{run.Run}/", cancellationToken);

    /// <summary>The run that began last and is prepared; null = none is.</summary>
    public async Task<string?> LatestRunAsync(string instanceId, CancellationToken cancellationToken)
    {
        var prefix = $"requests/{instanceId}/";
        string? latest = null;
        await foreach (var name in store.ListAsync(prefix, cancellationToken))
        {
            if (name[prefix.Length..].Split('/') is [var run, "prepared.json"])
            {
                latest = latest is null || string.CompareOrdinal(run, latest) > 0 ? run : latest;
            }
        }

        return latest;
    }

    private async Task DeleteAsync(string prefix, CancellationToken cancellationToken)
    {
        foreach (var name in await store.ListAsync(prefix, cancellationToken).ToListAsync(cancellationToken))
        {
            await store.DeleteAsync(name, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<ImageId>?> ReadFailedAsync(string instanceId, CancellationToken cancellationToken)
    {
        string? latest = null;
        await foreach (var name in store.ListAsync($"requests/{instanceId}/failed-", cancellationToken))
        {
            latest = latest is null || string.CompareOrdinal(name, latest) > 0 ? name : latest;
        }

        return latest is null ? null : await store.ReadJsonAsync<ImageId[]>(latest, cancellationToken);
    }

    private static string FailedName(ImageRunInput run) => $"requests/{run.InstanceId}/failed-{run.Run}.json";

    private static string Name(ImageRunInput run, string part) => $"requests/{run.InstanceId}/{run.Run}/{part}.json";

    private static string FinishedName(ImageRunInput run) => $"requests/{run.InstanceId}/finished-{run.Run}.json";
}
