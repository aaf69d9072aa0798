using System.Diagnostics;

namespace HavenVlm.Build.Running;

/// <summary>Runs other programs; they never read from this one's input, and end with it.</summary>
internal static class ChildProcess
{
    // A build leaves servers behind that may hold the pipes open: what was written before the end is there by then.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    /// <summary>Runs a program and hands over each line that it writes to either stream, one at a time.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="BuildException">The program could not be started.</exception>
    public static async Task<int> RunAsync(Invocation invocation, Action<string> onLine, CancellationToken cancellation)
    {
        var start = invocation.ToStartInfo();
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Start(start);
        process.StandardInput.Close();
        var gate = new Lock();
        var open = true;
        void OneAtATime(string line)
        {
            lock (gate)
            {
                if (open)
                {
                    onLine(line);
                }
            }
        }

        var readers = Task.WhenAll(ReadAsync(process.StandardOutput, OneAtATime), ReadAsync(process.StandardError, OneAtATime));
        await WaitAsync(process, cancellation);
        await Task.WhenAny(readers, Task.Delay(DrainLimit, CancellationToken.None));
        lock (gate)
        {
            open = false;
        }

        return process.ExitCode;
    }

    /// <summary>Runs a program and keeps what it writes.</summary>
    public static async Task<Ended> CaptureAsync(Invocation invocation, CancellationToken cancellation)
    {
        var lines = new List<string>();
        var exitCode = await RunAsync(invocation, lines.Add, cancellation);
        return new Ended(exitCode, lines);
    }

    /// <summary>Runs a program on the same terminal as this one.</summary>
    public static async Task<int> RunAttachedAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var process = Start(invocation.ToStartInfo());
        await WaitAsync(process, cancellation);
        return process.ExitCode;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new BuildException($"{start.FileName} did not start: {e.Message}");
        }
    }

    private static async Task WaitAsync(Process process, CancellationToken cancellation)
    {
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> onLine)
    {
        try
        {
            while (await reader.ReadLineAsync(CancellationToken.None) is { } line)
            {
                onLine(line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process ended and a server that it left behind kept the pipe.
        }
    }
}

/// <summary>How a program ended and what it wrote.</summary>
internal sealed record Ended(int ExitCode, IReadOnlyList<string> Lines)
{
    /// <summary>Whether the program reports success.</summary>
    public bool IsSuccess => ExitCode == 0;
}
