using System.Collections.Concurrent;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Workflows.Scenes;

/// <summary>
/// Notices that a scene was deleted while it is analyzed: asks Stash as a chunk begins, unless it asked a moment ago, and every few seconds
/// while it runs. A scene that is analyzed within these seconds costs no request.
/// </summary>
internal sealed class SceneWatch(StashClient stash, TimeProvider time)
{
    private const int MostKnown = 10_000;
    private static readonly TimeSpan AtChunk = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, long> _seen = new(StringComparer.Ordinal);

    /// <summary>Begins to watch; dispose when the chunk is done.</summary>
    /// <param name="sceneId">The scene; null or no id of Stash = nothing is watched.</param>
    /// <param name="stop">Stops the chunk for other reasons.</param>
    public Watched Begin(string sceneId, CancellationToken stop) => new(this, sceneId, stop);

    /// <summary>Whether the scene is known to be gone. An outage of Stash says nothing.</summary>
    private async Task<bool> IsGoneAsync(string sceneId, TimeSpan age, CancellationToken cancellationToken)
    {
        if (_seen.Count > MostKnown)
        {
            _seen.Clear();
        }

        if (time.GetElapsedTime(_seen.GetOrAdd(sceneId, _ => time.GetTimestamp())) < age)
        {
            return false;
        }

        try
        {
            if (!await stash.HasSceneAsync(sceneId, cancellationToken))
            {
                return true;
            }
        }
        catch (Exception e) when (e is StashException or StashUnavailableException)
        {
            return false;
        }

        _seen[sceneId] = time.GetTimestamp();
        return false;
    }

    /// <summary>One chunk of a scene.</summary>
    internal sealed class Watched : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop;
        private readonly CancellationTokenSource _end = new();
        private readonly Task _loop;

        public Watched(SceneWatch owner, string sceneId, CancellationToken stop)
        {
            _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
            _loop = StashText.IsId(sceneId) ? ObserveAsync(owner, sceneId) : Task.CompletedTask;
        }

        /// <summary>Cancelled when the scene is gone, or the chunk is stopped for another reason.</summary>
        public CancellationToken Stop => _stop.Token;

        /// <summary>Whether the scene is gone.</summary>
        public bool IsGone { get; private set; }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _loop;
            _end.Dispose();
            _stop.Dispose();
        }

        private async Task ObserveAsync(SceneWatch owner, string sceneId)
        {
            try
            {
                using var timer = new PeriodicTimer(Interval, owner.Time);
                IsGone = await owner.IsGoneAsync(sceneId, AtChunk, _end.Token);
                while (!IsGone && await timer.WaitForNextTickAsync(_end.Token))
                {
                    IsGone = await owner.IsGoneAsync(sceneId, AtChunk, _end.Token);
                }
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                return;
            }

            await _stop.CancelAsync();
        }
    }

    private TimeProvider Time => time;
}
