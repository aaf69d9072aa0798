using System.Diagnostics;
using System.Text;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Ffmpeg;

/// <summary>One running ffmpeg or ffprobe. Disposing it ends it and waits until it is gone.</summary>
internal sealed class FfmpegProcess : IAsyncDisposable
{
    private const int ErrorTail = 4096;
    private readonly Process _process;
    private readonly Task<(string Said, string? RefusedCodec)> _errors;
    private readonly Task _input;

    private FfmpegProcess(Process process, ReadOnlyMemory<byte> input)
    {
        _process = process;
        Id = process.Id;
        Output = process.StandardOutput.BaseStream;
        _errors = ReadTailAsync(process.StandardError.BaseStream);
        _input = WriteAsync(process.StandardInput, input);
    }

    /// <summary>What it writes. Not reading it stops it.</summary>
    public Stream Output { get; }

    /// <summary>Process id.</summary>
    public int Id { get; }

    /// <summary>Starts it, with something to read on its standard input or nothing.</summary>
    /// <exception cref="MediaUnavailableException">The operating system refused.</exception>
    public static FfmpegProcess Start(ProcessStartInfo start, ReadOnlyMemory<byte> input = default)
    {
        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            process.Dispose();
            throw new MediaUnavailableException($"ffmpeg does not start: {e.Message}", e);
        }

        try
        {
            // Somebody may be playing a game on this machine.
            process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            // It ended already, or the platform does not let us: neither matters.
        }

        return new FfmpegProcess(process, input);
    }

    /// <summary>Waits for its end: exit code and the last lines of its complaints, on one line.</summary>
    public async Task<(int ExitCode, string Errors)> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return (_process.ExitCode, (await _errors).Said);
    }

    /// <summary>Waits for its end: the decoder that it might not open; null = none.</summary>
    public async Task<string?> RefusedCodecAsync() => (await _errors).RefusedCodec;

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        await _errors;
        await _input;
        // Disposing a process leaves open the streams that were taken from it.
        await Output.DisposeAsync();
        await _process.StandardError.BaseStream.DisposeAsync();
        _process.Dispose();
    }

    private static async Task WriteAsync(StreamWriter input, ReadOnlyMemory<byte> content)
    {
        try
        {
            await using (input)
            {
                await input.BaseStream.WriteAsync(content);
            }
        }
        catch (IOException)
        {
            // It ended before it had read everything.
        }
    }

    // ffmpeg can complain once for every broken frame: only the end is kept.
    private static async Task<(string Said, string? RefusedCodec)> ReadTailAsync(Stream stream)
    {
        var tail = new StringBuilder();
        var buffer = new byte[1024];
        // One decoder for all reads: a character may arrive in two of them.
        var decoder = Encoding.UTF8.GetDecoder();
        var characters = new char[Encoding.UTF8.GetMaxCharCount(buffer.Length)];
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer)) > 0)
            {
                tail.Append(characters, 0, decoder.GetChars(buffer, 0, read, characters, 0));
                if (tail.Length > 2 * ErrorTail)
                {
                    tail.Remove(0, tail.Length - ErrorTail);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The pipe went away with the process; what was read so far is what there is.
        }

        var text = tail.ToString();
        return (FfmpegErrorText.Clean(text), FfmpegErrorText.RefusedCodec(text));
    }
}
