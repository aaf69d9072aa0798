using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Sources;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Media.Ffmpeg;

/// <summary>What a finished ffmpeg or ffprobe left.</summary>
/// <param name="ExitCode">0 = well.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Errors">What it complained of, on one line.</param>
/// <param name="RefusedCodec">The decoder that it might not open; null = none.</param>
internal sealed record FfmpegResult(int ExitCode, ReadOnlyMemory<byte> Output, string Errors, string? RefusedCodec = null);

/// <summary>Starts ffmpeg and ffprobe, every one of them with a deadline.</summary>
internal sealed class FfmpegRunner(FfmpegLocator locator, TimeProvider time, ILogger<FfmpegRunner> logger)
{
    private const int MaxOutput = 16 << 20;

    /// <summary>Clock of deadlines.</summary>
    public TimeProvider Time => time;

    /// <summary>Starts ffmpeg on an input; the caller reads its output and disposes it.</summary>
    public async Task<FfmpegProcess> StartAsync(
        IReadOnlyList<string> arguments,
        FfmpegLimits limits,
        MediaInput input,
        CancellationToken cancellationToken
    )
    {
        var installation = await locator.FindAsync(cancellationToken);
        input.CheckBeforeStart();
        logger.LogDebug("ffmpeg {Arguments}", string.Join(' ', arguments));
        return FfmpegProcess.Start(
            FfmpegSandbox.Limited(
                installation.Ffmpeg,
                ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", .. arguments],
                limits,
                // A graphics driver is not tried in a namespace of its own.
                installation.Confinement.PrefixFor(withNetwork: input.IsRemote || limits == FfmpegLimits.Hardware)
            ),
            input.Piped
        );
    }

    /// <summary>Starts ffprobe; the caller reads its lines and disposes it.</summary>
    public async Task<ProbeLines> ProbeLinesAsync(
        IReadOnlyList<string> arguments,
        MediaInput input,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        var installation = await locator.FindAsync(cancellationToken);
        return new ProbeLines(StartProbe(installation, arguments, input), deadline, time);
    }

    /// <summary>Runs ffprobe to its end.</summary>
    /// <exception cref="MediaUnavailableException">It did not end in time.</exception>
    public async Task<FfmpegResult> ProbeAsync(
        IReadOnlyList<string> arguments,
        MediaInput input,
        TimeSpan deadline,
        CancellationToken cancellationToken
    )
    {
        var installation = await locator.FindAsync(cancellationToken);
        await using var process = StartProbe(installation, arguments, input);
        using var limit = new CancellationTokenSource(deadline, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var output = await ReadAllAsync(process.Output, linked.Token);
            var (exitCode, errors) = await process.WaitAsync(linked.Token);
            return new FfmpegResult(exitCode, output, errors, await process.RefusedCodecAsync());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new MediaUnavailableException($"ffprobe did not finish within {deadline.TotalSeconds:0} seconds.");
        }
    }

    private FfmpegProcess StartProbe(FfmpegInstallation installation, IReadOnlyList<string> arguments, MediaInput input)
    {
        input.CheckBeforeStart();
        logger.LogDebug("ffprobe {Arguments}", string.Join(' ', arguments));
        return FfmpegProcess.Start(
            FfmpegSandbox.Limited(
                installation.Ffprobe,
                ["-hide_banner", "-loglevel", "error", .. arguments],
                FfmpegLimits.Default,
                installation.Confinement.PrefixFor(withNetwork: input.IsRemote)
            )
        );
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAllAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (output.Length > MaxOutput)
            {
                throw new MediaException($"ffprobe writes more than {MaxOutput >> 20} MB about this file; it is not read further.");
            }
        }

        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }
}
