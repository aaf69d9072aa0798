namespace HavenVlm.Core.Media.Ffmpeg;

/// <summary>
/// Lets at most one decoder per processor run in this process. A single picture that somebody waits for has a lane of its own: a decoder that
/// waits for its consumer keeps its place, and that can take minutes.
/// </summary>
internal sealed class DecoderGate : IDisposable
{
    private readonly SemaphoreSlim _batch;
    private readonly SemaphoreSlim _single = new(1, 1);
    private readonly SemaphoreSlim _still;

    public DecoderGate(int decoders)
    {
        _batch = new SemaphoreSlim(decoders, decoders);
        var stills = Math.Max(1, decoders / 2);
        _still = new SemaphoreSlim(stills, stills);
    }

    /// <summary>Waits for a place among the decoders; dispose to leave.</summary>
    public Task<IDisposable> EnterAsync(CancellationToken cancellationToken) => EnterAsync(_batch, cancellationToken);

    /// <summary>Waits for the lane of single pictures; dispose to leave.</summary>
    public Task<IDisposable> EnterForOneAsync(CancellationToken cancellationToken) => EnterAsync(_single, cancellationToken);

    /// <summary>
    /// Waits for a place among those that decode images: such a one takes a moment, and neither waits for the decoders of scenes nor keeps
    /// them waiting.
    /// </summary>
    public Task<IDisposable> EnterForStillAsync(CancellationToken cancellationToken) => EnterAsync(_still, cancellationToken);

    public void Dispose()
    {
        _still.Dispose();
        _batch.Dispose();
        _single.Dispose();
    }

    private static async Task<IDisposable> EnterAsync(SemaphoreSlim gate, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        return new Slot(() => gate.Release());
    }

    private sealed class Slot(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
