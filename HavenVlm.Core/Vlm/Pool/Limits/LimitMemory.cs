using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Vlm.Pool.Limits;

/// <summary>A limit that was found.</summary>
/// <param name="Limit">Requests at once.</param>
/// <param name="At">When it was last seen to hold.</param>
internal sealed record LearnedLimit(int Limit, DateTimeOffset At);

/// <summary>
/// The limits that were found, kept in the store for the next start and for other instances: none goes far beyond what another found.
/// Without a store they last as long as the process. A limit is forgotten after seven days.
/// </summary>
internal sealed class LimitMemory(IArtifactStore? store, TimeProvider time) : IDisposable
{
    private const string Name = "endpoints/limits.json";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan ReadAgain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ConfirmAgain = TimeSpan.FromHours(12);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _once = new(1, 1);
    private readonly Dictionary<string, LearnedLimit> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LearnedLimit> _news = new(StringComparer.Ordinal);
    private long? _read;

    /// <summary>Under which a limit is kept: another picture size or number of pictures is another load.</summary>
    public static string Key(string baseUrl, string model, int pictureSize, int picturesPerRequest) =>
        $"{baseUrl.TrimEnd('/')} {model} {pictureSize} px x {picturesPerRequest}";

    /// <summary>The limit that is known; null = none.</summary>
    public int? Find(string key)
    {
        lock (_gate)
        {
            return _known.TryGetValue(key, out var learned) && IsAlive(learned) ? learned.Limit : null;
        }
    }

    /// <summary>A limit was found here.</summary>
    public void Note(string key, int limit)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_known.TryGetValue(key, out var before) && before.Limit == limit && (now - before.At).Duration() < ConfirmAgain)
            {
                return;
            }

            _known[key] = _news[key] = new LearnedLimit(limit, now);
        }
    }

    /// <summary>Brings memory and store together, when there is news or it is time; else it costs nothing.</summary>
    public async ValueTask SynchronizeAsync(CancellationToken cancellationToken)
    {
        if (store is null || !IsDue() || !await _once.WaitAsync(_read is null ? Timeout.Infinite : 0, cancellationToken))
        {
            return;
        }

        try
        {
            if (IsDue())
            {
                await ExchangeAsync(store, cancellationToken);
            }
        }
        finally
        {
            _once.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _once.Dispose();

    // Outlives the process, so it is by the wall clock. One from the far future was noted by a wrong clock and would never be forgotten.
    private bool IsAlive(LearnedLimit learned) => learned.Limit > 0 && (time.GetUtcNow() - learned.At).Duration() < Lifetime;

    private bool IsDue()
    {
        lock (_gate)
        {
            return _read is not { } read || _news.Count > 0 || time.GetElapsedTime(read) >= ReadAgain;
        }
    }

    private async Task ExchangeAsync(IArtifactStore shared, CancellationToken cancellationToken)
    {
        Dictionary<string, LearnedLimit> news;
        lock (_gate)
        {
            news = new(_news, StringComparer.Ordinal);
        }

        Dictionary<string, LearnedLimit> merged = new(StringComparer.Ordinal);
        if (news.Count == 0)
        {
            merged = await shared.ReadJsonAsync<Dictionary<string, LearnedLimit>>(Name, cancellationToken) ?? merged;
        }
        else
        {
            await shared.UpdateJsonAsync<Dictionary<string, LearnedLimit>>(
                Name,
                before =>
                {
                    merged = (before ?? []).Where(each => IsAlive(each.Value)).ToDictionary(StringComparer.Ordinal);
                    foreach (var (key, learned) in news)
                    {
                        merged[key] = learned;
                    }

                    return merged;
                },
                cancellationToken
            );
        }

        lock (_gate)
        {
            foreach (var (key, learned) in merged)
            {
                _known[key] = learned;
                if (_news.TryGetValue(key, out var mine) && mine == learned)
                {
                    _news.Remove(key);
                }
            }

            _read = time.GetTimestamp();
        }
    }
}
