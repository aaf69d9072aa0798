using System.Diagnostics;
using System.Globalization;
using HavenVlm.Local.Commands;

namespace HavenVlm.Local.Demo;

/// <summary>The real program, <c>haven serve</c>, as a child process.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Ready = "Listening on ";
    private const int LinesKept = 20;
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Queue<string> _lastLines = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TextWriter _log;
    private readonly Process _process;
    private readonly Task _reading;

    private ServerProcess(Process process, string logFile)
    {
        _process = process;
        _log = TextWriter.Synchronized(new StreamWriter(logFile) { AutoFlush = true });
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>Completes when the process has ended.</summary>
    public Task Ended => _process.WaitForExitAsync();

    /// <summary>What it ended with.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts it and waits until it serves.</summary>
    /// <param name="configurationFile">Its configuration.</param>
    /// <param name="logFile">Where its output goes.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The process and its address.</returns>
    /// <exception cref="CommandException">It ended instead; the message holds what it said last.</exception>
    public static async Task<(ServerProcess Server, Uri Address)> StartAsync(
        string configurationFile,
        string logFile,
        CancellationToken cancellationToken
    )
    {
        var server = new ServerProcess(Start(configurationFile), logFile);
        try
        {
            var first = await Task.WhenAny(server._address.Task, server.Ended).WaitAsync(cancellationToken);
            if (first != server._address.Task)
            {
                await server._reading;
                throw new CommandException($"haven serve ended before it was ready:{Environment.NewLine}{server.LastLines()}");
            }

            return (server, await server._address.Task);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The last lines that it printed.</summary>
    public string LastLines()
    {
        lock (_gate)
        {
            return string.Join(Environment.NewLine, _lastLines);
        }
    }

    /// <summary>Asks it to stop as the system would, and ends it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await AskToStopAsync(_process);
            try
            {
                await Ended.WaitAsync(StopTime);
            }
            catch (TimeoutException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        await _reading;
        await _log.DisposeAsync();
        _process.Dispose();
    }

    private static Process Start(string configurationFile)
    {
        var program =
            Environment.ProcessPath ?? throw new CommandException("The demo cannot find its own program to start the server with.");
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(configurationFile),
        };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            // Started as `dotnet haven.dll`. The place of an assembly is asked of the host: in a single file an assembly has none (IL3000).
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{typeof(ServerProcess).Assembly.GetName().Name}.dll"));
        }

        foreach (var argument in new[] { "serve", "--config", configurationFile })
        {
            start.ArgumentList.Add(argument);
        }

        // The user's own settings have no say in the demo.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("HavenVlm", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        return Process.Start(start)!;
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            await _log.WriteLineAsync(line);
            lock (_gate)
            {
                _lastLines.Enqueue(line);
                while (_lastLines.Count > LinesKept)
                {
                    _lastLines.Dequeue();
                }
            }

            if (
                line.StartsWith(Ready, StringComparison.Ordinal)
                && Uri.TryCreate(line[Ready.Length..].Trim(), UriKind.Absolute, out var address)
            )
            {
                _address.TrySetResult(address);
            }
        }
    }

    private static async Task AskToStopAsync(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            // There is no such request for a process without a window; its journal survives this.
            process.Kill(entireProcessTree: true);
            return;
        }

        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
