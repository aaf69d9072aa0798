namespace HavenVlm.Core.Media;

/// <summary>One video or picture, opened for ffmpeg. Dispose it when nothing reads it any more.</summary>
internal abstract class MediaInput : IAsyncDisposable
{
    /// <summary>What ffmpeg is given to read.</summary>
    public abstract string Argument { get; }

    /// <summary>The protocols that ffmpeg may use for it.</summary>
    public abstract string Protocols { get; }

    /// <summary>Whether its bytes come over a network.</summary>
    public abstract bool IsRemote { get; }

    /// <summary>What it is called in messages; free of secrets.</summary>
    public abstract string Name { get; }

    /// <summary>What is written to ffmpeg's standard input; empty = nothing is.</summary>
    public virtual ReadOnlyMemory<byte> Piped => default;

    /// <summary>Why its bytes stopped coming since this was last asked, when it was not ffmpeg's fault; null = they did not.</summary>
    public virtual Exception? TakeFailure() => null;

    /// <summary>The first bytes.</summary>
    /// <exception cref="MediaException">It can never be read.</exception>
    /// <exception cref="MediaUnavailableException">It can not be read now.</exception>
    public abstract Task<ReadOnlyMemory<byte>> ReadHeadAsync(int count, CancellationToken cancellationToken);

    /// <summary>Copies all its bytes as they are.</summary>
    /// <exception cref="MediaException">It can never be read.</exception>
    /// <exception cref="MediaUnavailableException">It can not be read now.</exception>
    public abstract Task CopyToAsync(Stream target, CancellationToken cancellationToken);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Throws what <see cref="TakeFailure"/> returns, if anything: a better reason than any that ffmpeg can give.</summary>
    public void ThrowIfFailed()
    {
        switch (TakeFailure())
        {
            case null:
                return;
            case MediaException permanent:
                throw new MediaException(permanent.Message, permanent);
            case var failure:
                throw new MediaUnavailableException(failure.Message, failure);
        }
    }
}
