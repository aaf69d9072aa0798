namespace HavenVlm.Core.Media;

/// <summary>A local file.</summary>
internal sealed class LocalMediaInput(string path) : MediaInput
{
    private readonly string _path = Path.GetFullPath(path);

    // With the protocol named, a path that looks like an address or a pattern is still only a path.
    public override string Argument => $"file:{_path}";

    public override string Protocols => "file";

    public override bool IsRemote => false;

    public override string Name => _path;

    // A share that goes away while ffmpeg reads must not look like a broken file.
    public override Exception? TakeFailure()
    {
        try
        {
            using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            file.ReadByte();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new MediaUnavailableException($"'{_path}' can no longer be read: {e.Message}", e);
        }
    }

    public override async Task CopyToAsync(Stream target, CancellationToken cancellationToken) =>
        await ExplainedAsync(async () =>
        {
            await using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await file.CopyToAsync(target, cancellationToken);
            return true;
        });

    public override Task<ReadOnlyMemory<byte>> ReadHeadAsync(int count, CancellationToken cancellationToken) =>
        ExplainedAsync(async () =>
        {
            // Opening a named pipe would wait for a writer for ever, a device would never end; neither has a length.
            if (LocalFileSize.Of(_path) == 0)
            {
                return ReadOnlyMemory<byte>.Empty;
            }

            await using var file = new FileStream(
                _path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                1,
                useAsync: true
            );
            var head = new byte[count];
            var read = await file.ReadAtLeastAsync(head, count, throwOnEndOfStream: false, cancellationToken);
            return (ReadOnlyMemory<byte>)head.AsMemory(0, read);
        });

    private async Task<T> ExplainedAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MediaException($"There is no file '{_path}'.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new MediaException($"'{_path}' may not be read: give the user that runs Haven VLM the right to read it.", e);
        }
        catch (IOException e)
        {
            throw new MediaUnavailableException($"'{_path}' can not be read now: {e.Message}", e);
        }
    }
}
