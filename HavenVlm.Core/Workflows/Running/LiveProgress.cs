using System.Collections.Concurrent;
using System.Collections.Immutable;
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
    private readonly ConcurrentDictionary<string, ImmutableHashSet<Chunk>> _chunks = new(StringComparer.Ordinal);

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

        var done = Math.Min(status.FramesTotal, status.FramesDone + chunks.Sum(chunk => chunk.Frames));
        var rate = status.FramesPerMinute > 0 ? status.FramesPerMinute : RateOf(chunks);
        return status with
        {
            FramesDone = done,
            Percent = ProgressStatus.PercentOf(done, status.FramesTotal),
            FramesPerMinute = rate,
            EtaSeconds =
                rate > 0 && status.Stage == ProgressStage.Analyzing
                    ? Math.Round((status.FramesTotal - done) / rate * 60)
                    : status.EtaSeconds,
        };
    }

    /// <summary>Frames per minute of the chunks under way; 0 = too early to say. Counts only until a first chunk has ended.</summary>
    private double RateOf(ImmutableHashSet<Chunk> chunks)
    {
        var elapsed = chunks.Select(chunk => _time.GetElapsedTime(chunk.Begun)).DefaultIfEmpty().Max();
        return elapsed < Settled ? 0 : Math.Round(chunks.Sum(chunk => chunk.Frames) / elapsed.TotalMinutes, 1);
    }

    // A set is replaced as a whole, and an empty one goes in the same step: a chunk that begins meanwhile is never added to one that is gone.
    private void Add(Chunk chunk) => _chunks.AddOrUpdate(chunk.InstanceId, _ => [chunk], (_, chunks) => chunks.Add(chunk));

    private void Remove(Chunk chunk)
    {
        while (_chunks.TryGetValue(chunk.InstanceId, out var chunks) && chunks.Contains(chunk))
        {
            var rest = chunks.Remove(chunk);
            var isDone = rest.IsEmpty
                ? _chunks.TryRemove(KeyValuePair.Create(chunk.InstanceId, chunks))
                : _chunks.TryUpdate(chunk.InstanceId, rest, chunks);
            if (isDone)
            {
                return;
            }
        }
    }

    /// <summary>The frames of one chunk.</summary>
    internal sealed class Chunk : IDisposable
    {
        private readonly LiveProgress _owner;
        private int _frames;

        public Chunk(LiveProgress owner, string instanceId)
        {
            _owner = owner;
            InstanceId = instanceId;
            Begun = owner._time.GetTimestamp();
            owner.Add(this);
        }

        /// <summary>The instance whose work it is.</summary>
        public string InstanceId { get; }

        /// <summary>When it began.</summary>
        public long Begun { get; }

        /// <summary>How many frames are done.</summary>
        public int Frames => Volatile.Read(ref _frames);

        public void FrameDone() => Interlocked.Increment(ref _frames);

        public void Dispose() => _owner.Remove(this);
    }
}
