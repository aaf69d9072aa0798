using System.Text;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Ffmpeg;

/// <summary>The lines of a running ffprobe, one at a time; it stops when nobody reads. Disposing it ends ffprobe.</summary>
internal sealed class ProbeLines(FfmpegProcess process, TimeSpan deadline, TimeProvider time) : IAsyncDisposable
{
    private readonly StreamReader _reader = new(process.Output, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);

    /// <summary>The next line, or null at the end.</summary>
    /// <exception cref="MediaUnavailableException">None came in time.</exception>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(deadline, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await _reader.ReadLineAsync(linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MediaUnavailableException($"ffprobe said nothing for {deadline.TotalSeconds:0} seconds.");
        }
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        return process.DisposeAsync();
    }
}
