using System.Diagnostics;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Ffmpeg;

/// <summary>Asks a build of ffmpeg about itself.</summary>
internal static class FfmpegQuery
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>What it prints.</summary>
    /// <param name="binary">Path of ffmpeg or ffprobe.</param>
    /// <param name="arguments">The question, last the option that names it.</param>
    /// <param name="cancellationToken">Stops; the process is ended then.</param>
    /// <exception cref="MediaUnavailableException">It does not start or does not answer.</exception>
    public static async Task<string> AskAsync(string binary, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Timeout);
        using var process = new Process { StartInfo = FfmpegSandbox.Plain(binary, arguments) };
        try
        {
            process.Start();
            process.StandardInput.Close();
            // Disposing a process leaves open the streams that were taken from it.
            using var errors = process.StandardError;
            using var output = process.StandardOutput;
            var complaints = errors.ReadToEndAsync(deadline.Token);
            var answer = await output.ReadToEndAsync(deadline.Token);
            await complaints;
            await process.WaitForExitAsync(deadline.Token);
            return answer;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new MediaUnavailableException($"'{binary}' does not start: {e.Message}", e);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            throw new MediaUnavailableException($"'{binary} {arguments[^1]}' did not answer within {Timeout.TotalSeconds} seconds.");
        }
    }
}
