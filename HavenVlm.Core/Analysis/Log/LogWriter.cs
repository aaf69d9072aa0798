using System.Buffers;
using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Storage;

namespace HavenVlm.Core.Analysis.Log;

/// <summary>
/// Collects lines and appends them in groups: a group is due <see cref="IArtifactStore.AppendGrouping"/> after its first line, or at once
/// when it has <see cref="MaxGroup"/> bytes; then the callers wait, which bounds the memory. Lines of a group that could not be written are kept
/// and written with the next one.
/// </summary>
internal sealed class LogWriter : IAsyncDisposable
{
    /// <summary>Bytes of a group that is not waited with.</summary>
    public const int MaxGroup = 64 * 1024;

    /// <summary>How long after a failed write the next one is tried.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly IArtifactStore _store;
    private readonly string _name;
    private readonly Lock _sync = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ITimer _timer;
    private ArrayBufferWriter<byte> _pending = new();
    private ArrayBufferWriter<byte> _writing = new();
    private Task _background = Task.CompletedTask;

    public LogWriter(IArtifactStore store, string name, TimeProvider time)
    {
        _store = store;
        _name = name;
        _timer = time.CreateTimer(_ => OnDue(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds a line to the group; true when the group should be flushed now.</summary>
    public bool Add<T>(T line)
    {
        lock (_sync)
        {
            var first = _pending.WrittenCount == 0;
            using (var json = new Utf8JsonWriter(_pending, new JsonWriterOptions { Encoder = HavenJson.Options.Encoder }))
            {
                JsonSerializer.Serialize(json, line, HavenJson.Options);
            }

            _pending.Write("\n"u8);
            if (first)
            {
                _timer.Change(_store.AppendGrouping, Timeout.InfiniteTimeSpan);
            }

            return _pending.WrittenCount >= MaxGroup;
        }
    }

    /// <summary>Writes what was added before the call; durable on return.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            lock (_sync)
            {
                if (_pending.WrittenCount == 0)
                {
                    return;
                }

                (_pending, _writing) = (_writing, _pending);
            }

            await WriteAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await Background();
        _gate.Dispose();
    }

    private async Task WriteAsync()
    {
        try
        {
            // Not cancellable: a group half-way would be torn for nothing.
            await _store.AppendAsync(_name, _writing.WrittenMemory, CancellationToken.None);
        }
        catch
        {
            lock (_sync)
            {
                _writing.Write(_pending.WrittenSpan);
                _pending.ResetWrittenCount();
                (_pending, _writing) = (_writing, _pending);
            }

            throw;
        }

        _writing.ResetWrittenCount();
    }

    private Task Background()
    {
        lock (_sync)
        {
            return _background;
        }
    }

    private void OnDue()
    {
        lock (_sync)
        {
            // Behind the one before, even if that has just written: it may have done so without the line that is due now.
            _background = FlushLaterAsync(_background);
        }
    }

    private async Task FlushLaterAsync(Task before)
    {
        // Leaves the timer's thread and the caller's lock before anything is written.
        await Task.Yield();
        await before;
        try
        {
            await FlushAsync(CancellationToken.None);
        }
        catch (Exception)
        {
            // Whoever flushes or closes the log next gets the error; until then it is tried again.
            lock (_sync)
            {
                _timer.Change(RetryDelay, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
