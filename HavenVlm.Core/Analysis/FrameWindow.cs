namespace HavenVlm.Core.Analysis;

/// <summary>
/// How many decoded pictures of all videos together are asked about or wait to be: enough for two seconds of what the endpoints do at present,
/// so that none of them waits for a decoder, and never more than memory has room for.
/// </summary>
/// <remarks>
/// Of one video the earliest chunk goes first. So chunks do not end together, which would leave the endpoints without pictures while the next
/// ones are begun, and the decoder of the next chunk has long been running when its turn comes. Videos share the room evenly.
/// </remarks>
/// <param name="least">Pictures that may be there at any speed.</param>
/// <param name="time">The clock.</param>
internal sealed class FrameWindow(Func<int> least, TimeProvider time)
{
    private const int MostPictures = 400;
    private const long MostBytes = 48L << 20;
    private const int Remembered = 256;
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly List<Waiting> _waiting = [];
    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);
    private readonly Queue<long> _returns = new();
    private int _pictures;
    private long _bytes;

    /// <summary>Waits until there is room for pictures.</summary>
    /// <param name="place">Whose they are.</param>
    /// <param name="pictures">How many.</param>
    /// <param name="bytes">Their size.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>To be disposed when there is an answer.</returns>
    public async Task<IDisposable> TakeAsync(WindowPlace place, int pictures, long bytes, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(this, place, pictures, bytes);
        lock (_gate)
        {
            _waiting.Add(waiting);
            Admit();
        }

        await using (cancellationToken.UnsafeRegister(static (waiting, token) => ((Waiting)waiting!).GiveUp(token), waiting))
        {
            await waiting.Admitted.Task;
            return waiting;
        }
    }

    private int Room
    {
        get
        {
            // Of answers that come together, as the first ones do, nothing is concluded.
            var seconds = _returns.TryPeek(out var oldest) ? Math.Max(time.GetElapsedTime(oldest).TotalSeconds, 1) : 1;
            var rate = _returns.Count / seconds;
            return Math.Clamp((int)(rate * Ahead.TotalSeconds), least(), Math.Max(least(), MostPictures));
        }
    }

    // Under the lock.
    private void Admit()
    {
        var room = Room;
        while (_waiting.Count > 0)
        {
            var next = _waiting.MinBy(waiting => (_held.GetValueOrDefault(waiting.Place.Video), waiting.Place.Chunk))!;
            var isFull = _pictures + next.Pictures > room || (_pictures >= least() && _bytes + next.Bytes > MostBytes);
            if (_pictures > 0 && isFull)
            {
                return;
            }

            _waiting.Remove(next);
            if (next.Admitted.TrySetResult())
            {
                _held[next.Place.Video] = _held.GetValueOrDefault(next.Place.Video) + next.Pictures;
                _pictures += next.Pictures;
                _bytes += next.Bytes;
            }
        }
    }

    private void Return(Waiting done)
    {
        lock (_gate)
        {
            _pictures -= done.Pictures;
            _bytes -= done.Bytes;
            var left = _held[done.Place.Video] - done.Pictures;
            if (left > 0)
            {
                _held[done.Place.Video] = left;
            }
            else
            {
                _held.Remove(done.Place.Video);
            }

            for (var i = 0; i < done.Pictures; i++)
            {
                _returns.Enqueue(time.GetTimestamp());
            }

            while (_returns.Count > Remembered)
            {
                _returns.Dequeue();
            }

            Admit();
        }
    }

    private sealed class Waiting(FrameWindow window, WindowPlace place, int pictures, long bytes) : IDisposable
    {
        private int _returned;

        public WindowPlace Place => place;

        public int Pictures => pictures;

        public long Bytes => bytes;

        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void GiveUp(CancellationToken token)
        {
            lock (window._gate)
            {
                if (Admitted.TrySetCanceled(token))
                {
                    window._waiting.Remove(this);
                }
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
            {
                window.Return(this);
            }
        }
    }
}

/// <summary>Whose pictures wait.</summary>
/// <param name="Video">The video and its run.</param>
/// <param name="Chunk">The number of the chunk; the lowest goes first.</param>
internal readonly record struct WindowPlace(string Video, int Chunk);
