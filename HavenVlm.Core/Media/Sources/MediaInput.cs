using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Sources;

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

    /// <summary>Its size in bytes now; null = unknown.</summary>
    public virtual long? Length => null;

    /// <summary>What is written to ffmpeg's standard input; empty = nothing is.</summary>
    public virtual ReadOnlyMemory<byte> Piped => default;

    /// <summary>Whether ffmpeg may be started on it now.</summary>
    /// <exception cref="MediaException">It is nothing that is opened.</exception>
    /// <exception cref="MediaUnavailableException">It cannot be read now.</exception>
    public virtual void CheckBeforeStart() { }

    /// <summary>Why its bytes stopped coming since this was last asked, when it was not ffmpeg's fault; null = they did not.</summary>
    public virtual Exception? TakeFailure() => null;

    /// <summary>The first bytes.</summary>
    /// <exception cref="MediaException">It can never be read.</exception>
    /// <exception cref="MediaUnavailableException">It cannot be read now.</exception>
    public Task<ReadOnlyMemory<byte>> ReadHeadAsync(int count, CancellationToken cancellationToken) =>
        ReadAtAsync(0, count, cancellationToken);

    /// <summary>Bytes from a place on; fewer where it ends, none where it cannot be entered there.</summary>
    /// <exception cref="MediaException">It can never be read.</exception>
    /// <exception cref="MediaUnavailableException">It cannot be read now.</exception>
    public abstract Task<ReadOnlyMemory<byte>> ReadAtAsync(long offset, int count, CancellationToken cancellationToken);

    /// <summary>Copies all its bytes as they are.</summary>
    /// <exception cref="MediaException">It can never be read.</exception>
    /// <exception cref="MediaUnavailableException">It cannot be read now.</exception>
    public abstract Task CopyToAsync(IMediaSink sink, CancellationToken cancellationToken);

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
