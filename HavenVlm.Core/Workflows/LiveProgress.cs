using System.Collections.Concurrent;
using System.Text.Json;

namespace HavenVlm.Core.Workflows;

/// <summary>
/// Frames done since an instance last set its custom status, counted by the activities of this process: status on one machine is as
/// fine as frames, where the durable status alone is as fine as chunks. Nothing rests on it.
/// </summary>
internal sealed class LiveProgress
{
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
        return status with { FramesDone = done, Percent = percent };
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
            _chunks[this] = 0;
        }

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
