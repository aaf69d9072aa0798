using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Sources;

/// <summary>A local file.</summary>
internal sealed class LocalMediaInput(string path) : MediaInput
{
    private const int CopyBuffer = 64 * 1024;

    private readonly string _path = Path.GetFullPath(path);

    // With the protocol named, a path that looks like an address or a pattern is still only a path.
    public override string Argument => $"file:{_path}";

    public override string Protocols => "file";

    public override bool IsRemote => false;

    public override string Name => _path;

    public override long? Length => RegularFile.SizeOf(_path);

    // ffmpeg opens the path by itself: a pipe would hold it up, a device would feed it without end.
    public override void CheckBeforeStart() => ThrowIfFailed();

    // A share that goes away while ffmpeg reads must not look like a broken file.
    public override Exception? TakeFailure()
    {
        try
        {
            using var file = RegularFile.TryOpen(_path);
            return file is null ? NotRegular() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new MediaUnavailableException($"'{_path}' can no longer be read: {e.Message}", e);
        }
    }

    public override Task<ReadOnlyMemory<byte>> ReadAtAsync(long offset, int count, CancellationToken cancellationToken) =>
        ExplainedAsync(async () =>
        {
            using var file = RegularFile.TryOpen(_path);
            if (file is null)
            {
                return ReadOnlyMemory<byte>.Empty;
            }

            var bytes = new byte[Math.Clamp(file.Length - offset, 0, count)];
            var read = await file.ReadFullyAsync(bytes, offset, cancellationToken);
            return (ReadOnlyMemory<byte>)bytes.AsMemory(0, read);
        });

    public override async Task CopyToAsync(IMediaSink sink, CancellationToken cancellationToken)
    {
        using var file = Explained(Open);
        var buffer = new byte[CopyBuffer];
        long offset = 0;
        while (offset < file.Length)
        {
            var next = buffer.AsMemory(0, (int)Math.Min(CopyBuffer, file.Length - offset));
            var read = await ExplainedAsync(() => file.ReadAsync(next, offset, cancellationToken).AsTask());
            if (read == 0)
            {
                break;
            }

            await sink.WriteAsync(next[..read], cancellationToken);
            offset += read;
        }

        if (Explained(() => file.HasChangedSize))
        {
            throw new MediaUnavailableException($"'{_path}' changed its size while it was copied; it may still be written.");
        }
    }

    private RegularFile Open() => RegularFile.TryOpen(_path) ?? throw NotRegular();

    private MediaException NotRegular() => new($"'{_path}' is not a regular file with content: it is empty, a pipe, a device or the like.");

    private T Explained<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explained(e);
        }
    }

    private async Task<T> ExplainedAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explained(e);
        }
    }

    private Exception Explained(Exception e) =>
        e switch
        {
            FileNotFoundException or DirectoryNotFoundException => new MediaException($"File not found: '{_path}'.", e),
            UnauthorizedAccessException => new MediaException(
                $"'{_path}' may not be read: give the user that runs Haven VLM the right to read it.",
                e
            ),
            _ => new MediaUnavailableException($"'{_path}' cannot be read now: {e.Message}", e),
        };
}
