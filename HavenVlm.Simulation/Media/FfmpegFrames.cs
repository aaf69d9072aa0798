using System.ComponentModel;
using FFMpegCore;
using FFMpegCore.Enums;
using FFMpegCore.Exceptions;
using FFMpegCore.Pipes;
using Instances;
using Instances.Exceptions;

namespace HavenVlm.Simulation.Media;

/// <summary>Makes files out of frames that we drew.</summary>
/// <param name="ffmpeg">The ffmpeg program, by its usual name, alone or with its folder.</param>
/// <remarks>Only for our own frames and file names: FFMpegCore runs ffmpeg unconfined and joins its arguments to one text.</remarks>
internal sealed class FfmpegFrames(string ffmpeg)
{
    private readonly Lazy<Task<(string Encoders, string Version)>> _program = new(() => AskAsync(ffmpeg));

    /// <summary>The list of encoders that ffmpeg prints.</summary>
    public async Task<string> EncodersAsync(CancellationToken cancellationToken) =>
        (await _program.Value.WaitAsync(cancellationToken)).Encoders;

    /// <summary>What ffmpeg prints about itself: its version, how it was built, its libraries.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellationToken) =>
        (await _program.Value.WaitAsync(cancellationToken)).Version;

    /// <summary>Encodes frames into a file.</summary>
    /// <param name="frames">The frames. One is written before the next is drawn, so they may share a buffer.</param>
    /// <param name="frameRate">Frames per second.</param>
    /// <param name="path">The file, which is replaced if it is there.</param>
    /// <param name="input">Adds further inputs.</param>
    /// <param name="output">Sets codecs and filters.</param>
    /// <param name="cancellationToken">Kills ffmpeg.</param>
    /// <exception cref="InvalidOperationException">ffmpeg is missing or failed; the message holds what it said.</exception>
    public async Task EncodeAsync(
        IEnumerable<IVideoFrame> frames,
        double frameRate,
        string path,
        Action<FFMpegArguments> input,
        Action<FFMpegOutputOptions> output,
        CancellationToken cancellationToken
    )
    {
        var source = new RawVideoPipeSource(frames) { FrameRate = frameRate };
        var arguments = FFMpegArguments.FromPipeInput(source, options => options.WithCustomArgument("-hide_banner -nostdin"));
        input(arguments);
        // ffmpeg runs in the file's folder: only names of our own get into the text of its arguments.
        var options = Options(ffmpeg, Path.GetDirectoryName(Path.GetFullPath(path))!);
        FFMpegResult result;
        try
        {
            result = await arguments
                .OutputToFile(Path.GetFileName(path), overwrite: true, output)
                .WithLogLevel(FFMpegLogLevel.Error)
                .ProcessAsynchronously(throwOnError: false, options, cancellationToken);
        }
        catch (Exception e) when (IsMissing(e))
        {
            throw Missing(ffmpeg, e);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (!result.Success)
        {
            throw new InvalidOperationException(
                $"ffmpeg could not make {Path.GetFileName(path)} (exit code {result.ExitCode}): {string.Join('\n', result.StandardError)}"
            );
        }
    }

    private static async Task<(string Encoders, string Version)> AskAsync(string ffmpeg)
    {
        try
        {
            var program = GlobalFFOptions.GetFFMpegBinaryPath(Options(ffmpeg, ""));
            var result = await Instance.FinishAsync(program, "-encoders");
            return (string.Join('\n', result.OutputData), string.Join('\n', result.ErrorData));
        }
        catch (Exception e) when (IsMissing(e))
        {
            throw Missing(ffmpeg, e);
        }
    }

    /// <summary>FFMpegCore would quietly take another ffmpeg when the one in the given folder is missing.</summary>
    private static FFOptions Options(string ffmpeg, string workingFolder)
    {
        var options = new FFOptions { WorkingDirectory = workingFolder };
        if (Path.GetDirectoryName(ffmpeg) is { Length: > 0 } folder)
        {
            options.BinaryFolder = Path.GetFullPath(folder);
            if (GlobalFFOptions.GetFFMpegBinaryPath(options) != Path.GetFullPath(ffmpeg))
            {
                throw Missing(ffmpeg, new FileNotFoundException("no such program", ffmpeg));
            }
        }

        return options;
    }

    private static bool IsMissing(Exception problem) => problem is InstanceFileNotFoundException or Win32Exception or FFMpegException;

    private static InvalidOperationException Missing(string ffmpeg, Exception problem) =>
        new($"ffmpeg is needed to make sample media, but '{ffmpeg}' did not start: {problem.Message}", problem);
}
