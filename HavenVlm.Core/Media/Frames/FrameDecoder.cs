using System.Runtime.CompilerServices;
using HavenVlm.Core.Media.Ffmpeg;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Media.Frames;

/// <summary>Runs ffmpeg for a request, on hardware where that works.</summary>
internal sealed class FrameDecoder(FfmpegRunner runner, HardwareDecoders hardware, ILogger<FrameDecoder> logger)
{
    /// <summary>The pictures as ffmpeg delivers them. Stop enumerating to end ffmpeg.</summary>
    /// <param name="request">What to deliver.</param>
    /// <param name="hwaccel"><c>video.hwaccel</c>.</param>
    /// <param name="complain">Told what ffmpeg complained of, when it ended by itself.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<DecodedFrame> DecodeAsync(
        FrameRequest request,
        string hwaccel,
        Action<string>? complain,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var (within, from) = VideoParts.Within(request);
        var (stream, first) = await OpenAsync(within, hwaccel, cancellationToken);
        await using (stream)
        {
            for (var frame = first; frame is not null; frame = await stream.ReadAsync(cancellationToken))
            {
                yield return from == TimeSpan.Zero ? frame : frame with { Time = frame.Time + from };
            }

            var complaint = await stream.ReadErrorTextAsync(cancellationToken);
            request.Input.ThrowIfFailed();
            complain?.Invoke(complaint);
        }
    }

    private async Task<(FrameStream Stream, DecodedFrame? First)> OpenAsync(
        FrameRequest request,
        string hwaccel,
        CancellationToken cancellationToken
    )
    {
        var chosen = hardware.Choose(hwaccel, request.Facts, request.Run.Skip);
        var opened = await OpenAndReadAsync(request with { Hwaccel = chosen }, cancellationToken);
        if (chosen is null || opened.First is not null)
        {
            return opened;
        }

        await opened.Stream.DisposeAsync();
        var software = await OpenAndReadAsync(request with { Hwaccel = null }, cancellationToken);
        if (software.First is not null)
        {
            logger.LogInformation(
                "The hardware decoder ({Hwaccel}) does not decode {Codec} here; software does.",
                hwaccel,
                request.Facts.Codec
            );
            hardware.ReportBroken(hwaccel, request.Facts);
        }

        return software;
    }

    private async Task<(FrameStream Stream, DecodedFrame? First)> OpenAndReadAsync(
        FrameRequest request,
        CancellationToken cancellationToken
    )
    {
        var stream = await FrameStream.OpenAsync(runner, request, cancellationToken);
        try
        {
            return (stream, await stream.ReadAsync(cancellationToken));
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
