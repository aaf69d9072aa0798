using System.Collections.Concurrent;
using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;

namespace HavenVlm.Core.Workflows.Running;

/// <summary>
/// Frames done since an instance last set its custom status, counted by the activities of this process: status on one machine is as
/// fine as frames, where the durable status alone is as fine as chunks. Nothing rests on it.
/// </summary>
internal sealed class LiveProgress(TimeProvider time)
{
    // Before that a rate says more about the first answer than about the work.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time = time;
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<object, int>> _chunks = new(StringComparer.Ordinal);

    /// <summary>A chunk begins; dispose when its result is handed over.</summary>
    public Chunk Begin(string instanceId) => new(this, instanceId);

    /// <summary>The instance's progress, with what its running chunks did on top.</summary>
    public ProgressStatus? Overlay(OrchestrationInstance instance)
    {
        if (instance.CustomStatus is not { ValueKind: JsonValueKind.Object } custom)
        {
            return null;
        }

        var status = custom.Deserialize<ProgressStatus>(HavenJson.Options);
        if (status is null || instance.HasEnded || !_chunks.TryGetValue(instance.InstanceId, out var chunks))
        {
            return status;
        }

        var done = Math.Min(status.FramesTotal, status.FramesDone + chunks.Values.Sum());
        var percent = status.FramesTotal == 0 ? 0 : Math.Round(100.0 * done / status.FramesTotal, 1);
        var rate = status.FramesPerMinute > 0 ? status.FramesPerMinute : RateOf(chunks);
        return status with
        {
            FramesDone = done,
            Percent = percent,
            FramesPerMinute = rate,
            EtaSeconds = rate > 0 && status.Stage == "analyzing" ? Math.Round((status.FramesTotal - done) / rate * 60) : status.EtaSeconds,
        };
    }

    /// <summary>Frames per minute of the chunks under way; 0 = too early to say. Counts only until a first chunk has ended.</summary>
    private double RateOf(ConcurrentDictionary<object, int> chunks)
    {
        var elapsed = chunks.Keys.OfType<Chunk>().Select(chunk => _time.GetElapsedTime(chunk.Begun)).DefaultIfEmpty().Max();
        return elapsed < Settled ? 0 : Math.Round(chunks.Values.Sum() / elapsed.TotalMinutes, 1);
    }

    /// <summary>The frames of one chunk.</summary>
    internal sealed class Chunk : IDisposable
    {
        private readonly LiveProgress _owner;
        private readonly string _instanceId;
        private readonly ConcurrentDictionary<object, int> _chunks;

        public Chunk(LiveProgress owner, string instanceId)
        {
            _owner = owner;
            _instanceId = instanceId;
            _chunks = owner._chunks.GetOrAdd(instanceId, _ => new ConcurrentDictionary<object, int>());
            Begun = owner._time.GetTimestamp();
            _chunks[this] = 0;
        }

        /// <summary>When it began.</summary>
        public long Begun { get; }

        public void FrameDone() => _chunks.AddOrUpdate(this, 1, (_, count) => count + 1);

        public void Dispose()
        {
            _chunks.TryRemove(this, out _);
            if (_chunks.IsEmpty)
            {
                _owner._chunks.TryRemove(_instanceId, out _);
            }
        }
    }
}
