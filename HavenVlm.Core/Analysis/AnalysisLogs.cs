using System.Text;
using System.Text.Json;
using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Common;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Analysis;

/// <summary>Opens analysis logs: within the process one memory and one writer for each, however many chunks work on it.</summary>
internal sealed class AnalysisLogs(IArtifactStore store, TimeProvider time)
{
    private readonly NamedLocks _keys = new();
    private readonly Dictionary<string, SharedLog> _open = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();

    /// <summary>Logs in memory now.</summary>
    internal int OpenCount
    {
        get
        {
            lock (_sync)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Opens a log; one that does not exist is empty and is made by the first record. Dispose it.</summary>
    /// <exception cref="NewerLogException">A newer program wrote it.</exception>
    public async Task<AnalysisLog> OpenAsync(AnalysisKey key, CancellationToken cancellationToken)
    {
        var name = LogNames.Log(key);
        // While the last user writes the end of the log, the next waits here and then reads it whole.
        using var holder = await _keys.TakeAsync(name, cancellationToken);
        var log = Find(name);
        if (log is null)
        {
            log = new SharedLog(key, await ReadAsync(name, cancellationToken), store, time);
            lock (_sync)
            {
                _open.Add(name, log);
            }
        }

        log.Users++;
        return new AnalysisLog(this, log);
    }

    /// <summary>The key with the number of its latest generation; 0 when there is none yet.</summary>
    public async Task<AnalysisKey> LatestGenerationAsync(AnalysisKey key, CancellationToken cancellationToken)
    {
        var latest = 0;
        await foreach (var name in store.ListAsync(LogNames.Question(key), cancellationToken))
        {
            latest = Math.Max(latest, LogNames.GenerationOf(key, name) ?? 0);
        }

        return key with
        {
            Generation = latest,
        };
    }

    /// <summary>
    /// Begins a generation that holds no answers yet. The same token gives the same generation again, so that a repeated activity
    /// does not throw away what the first attempt paid for.
    /// </summary>
    public async Task<AnalysisKey> NewGenerationAsync(AnalysisKey key, string token, CancellationToken cancellationToken)
    {
        var content = Encoding.UTF8.GetBytes(token);
        while (true)
        {
            var latest = await LatestGenerationAsync(key, cancellationToken);
            for (var generation = latest.Generation; generation > 0; generation--)
            {
                var earlier = key with { Generation = generation };
                if (
                    await store.ReadAsync(LogNames.Force(earlier), cancellationToken) is { } begun
                    && begun.Content.Span.SequenceEqual(content)
                )
                {
                    return earlier;
                }
            }

            var next = key with { Generation = latest.Generation + 1 };
            if (await store.WriteOnceAsync(LogNames.Force(next), content, cancellationToken))
            {
                return next;
            }
        }
    }

    /// <summary>The log of a video that was used last, whatever the model and the question were; null when there is none.</summary>
    public async Task<AnalysisKey?> FindLatestAsync(string fingerprint, CancellationToken cancellationToken)
    {
        var pointer = await store.ReadSoundJsonAsync<AnalysisKey>(
            LogNames.Latest(fingerprint),
            // The names of the log's files are made of these.
            key => key is { Fingerprint: not null, Model: not null, QuestionHash: not null },
            consequence: "The latest log is found by its beginning.",
            cancellationToken
        );
        if (pointer.Value is not null)
        {
            return pointer.Value;
        }

        var headers = new List<HeaderLine>();
        await foreach (var name in store.ListAsync(LogNames.Folder(fingerprint), cancellationToken))
        {
            if (LogNames.IsLog(name) && await ReadHeaderAsync(name, cancellationToken) is { } header)
            {
                headers.Add(header);
            }
        }

        return headers.MaxBy(header => header.Created) is { } latest
            ? new AnalysisKey(latest.Fingerprint, latest.Model, latest.Question, latest.Generation)
            : null;
    }

    /// <summary>Makes a log the one that <see cref="FindLatestAsync"/> gives. Adding to a log does so by itself.</summary>
    public async Task MarkLatestAsync(AnalysisKey key, CancellationToken cancellationToken)
    {
        var name = LogNames.Latest(key.Fingerprint);
        var content = JsonSeal.Serialize(key);
        var present = await store.ReadAsync(name, cancellationToken);
        if (present is null || !present.Content.Span.SequenceEqual(content))
        {
            // Somebody who wrote in between used another log just as recently; either may be the latest.
            await store.ReplaceAsync(name, content, present?.Version, cancellationToken);
        }
    }

    /// <summary>What is stored of a log now, whatever this process has in memory: others may have written to it.</summary>
    public Task<LogContents> ReadStoredAsync(AnalysisKey key, CancellationToken cancellationToken) =>
        ReadAsync(LogNames.Log(key), cancellationToken);

    /// <summary>Called once by each <see cref="AnalysisLog"/>.</summary>
    internal async ValueTask CloseAsync(SharedLog log)
    {
        var name = LogNames.Log(log.Key);
        using var holder = await _keys.TakeAsync(name, CancellationToken.None);
        log.Users--;
        var isWritten = false;
        try
        {
            await log.FlushAsync(CancellationToken.None);
            isWritten = true;
            if (log is { Users: 0, Written: true })
            {
                await MarkLatestAsync(log.Key, CancellationToken.None);
            }
        }
        finally
        {
            // What could not be written stays in memory for whoever opens it next: no picture is asked again because a disk is full.
            if (log.Users == 0 && isWritten)
            {
                lock (_sync)
                {
                    _open.Remove(name);
                }

                await log.DisposeAsync();
            }
        }
    }

    private SharedLog? Find(string name)
    {
        lock (_sync)
        {
            return _open.GetValueOrDefault(name);
        }
    }

    private async Task<LogContents> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var stream = await store.OpenReadAsync(name, cancellationToken);
        if (stream is null)
        {
            return new LogContents();
        }

        await using (stream)
        {
            return await LogReader.ReadAsync(name, stream, cancellationToken);
        }
    }

    private async Task<HeaderLine?> ReadHeaderAsync(string name, CancellationToken cancellationToken)
    {
        var stream = await store.OpenReadAsync(name, cancellationToken);
        if (stream is null)
        {
            return null;
        }

        await using (stream)
        {
            return await LogReader.ReadHeaderAsync(stream, cancellationToken);
        }
    }
}
