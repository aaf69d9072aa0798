using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Nut;

namespace HavenVlm.Core.Media.Frames;

/// <summary>A picture that came out of ffmpeg.</summary>
/// <param name="Time">Its own time, from the first picture on.</param>
/// <param name="Jpeg">The JPEG; empty = none was asked for.</param>
/// <param name="Small">The small picture, as <see cref="PlanarPicture"/> reads it.</param>
internal sealed record DecodedFrame(TimeSpan Time, ReadOnlyMemory<byte> Jpeg, ReadOnlyMemory<byte> Small)
{
    /// <summary>The whole picture by <see cref="FrameRequest.WholeFilter"/>; empty = none was asked for.</summary>
    public ReadOnlyMemory<byte> Whole { get; init; }
}

/// <summary>The pictures of one running ffmpeg. Not reading stops ffmpeg; disposing ends it.</summary>
internal sealed class FrameStream : IAsyncDisposable
{
    /// <summary>Longest wait for the next picture; a slow machine may have to decode half a minute of 4K for it.</summary>
    private static readonly TimeSpan StallDeadline = TimeSpan.FromMinutes(3);

    // 128 and the number of the signal, as shells count; 9 is what the system sends when memory runs out.
    private const int KilledFromOutside = 128 + 9;

    private readonly FfmpegProcess _process;
    private readonly NutReader _reader;
    private readonly TimeProvider _time;
    private readonly TimeSpan _shift;
    private readonly bool _withPicture;
    private readonly bool _withWhole;

    private FrameStream(FfmpegProcess process, FrameRequest request, TimeProvider time)
    {
        _process = process;
        _reader = new NutReader(process.Output);
        _time = time;
        _withPicture = request.PictureFilter is not null;
        _withWhole = _withPicture && request.WholeFilter is not null;
        _shift = FrameArguments.Shift + request.Facts.ContainerStart + request.Facts.StartOffset;
    }

    /// <summary>Starts ffmpeg.</summary>
    public static async Task<FrameStream> OpenAsync(FfmpegRunner runner, FrameRequest request, CancellationToken cancellationToken)
    {
        var limits = request.Hwaccel is null ? FfmpegLimits.Default : FfmpegLimits.Hardware;
        var process = await runner.StartAsync(FrameArguments.For(request), limits, request.Input, cancellationToken);
        return new FrameStream(process, request, runner.Time);
    }

    /// <summary>The next picture, or null when ffmpeg has ended.</summary>
    /// <exception cref="MediaUnavailableException">None came in time.</exception>
    public async ValueTask<DecodedFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StallDeadline, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var picture = _withPicture ? await _reader.ReadAsync(linked.Token) : null;
            if (_withPicture && picture is null)
            {
                return null;
            }

            var small = await _reader.ReadAsync(linked.Token);
            var whole = _withWhole && small is not null ? await _reader.ReadAsync(linked.Token) : null;
            return small is null || (_withWhole && whole is null)
                ? null
                : new DecodedFrame(small.Time - _shift, picture?.Data, small.Data) { Whole = whole?.Data };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MediaUnavailableException($"ffmpeg delivered no picture for {StallDeadline.TotalMinutes:0} minutes.");
        }
        catch (Exception e) when (e is InvalidDataException or OverflowException)
        {
            throw new MediaUnavailableException($"ffmpeg wrote something else than pictures: {e.Message}", e);
        }
    }

    /// <summary>What ffmpeg complained of, after its end; empty = nothing.</summary>
    /// <exception cref="MediaUnavailableException">Somebody else ended it.</exception>
    public async Task<string> ReadErrorTextAsync(CancellationToken cancellationToken)
    {
        var (exitCode, errors) = await _process.WaitAsync(cancellationToken);
        if (exitCode == KilledFromOutside)
        {
            throw new MediaUnavailableException("ffmpeg was killed while it decoded; the machine may be short of memory.");
        }

        return errors.Length > 0 || exitCode == 0 ? errors : $"ffmpeg ended with {exitCode}";
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _reader.DisposeAsync();
    }
}
