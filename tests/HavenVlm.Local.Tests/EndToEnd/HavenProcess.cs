using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace HavenVlm.Local.Tests.EndToEnd;

/// <summary>The real program as a process of its own.</summary>
internal sealed class HavenProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;

    private HavenProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public int Id => _process.Id;

    public static HavenProcess Start(string folder, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "haven.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment.Remove("HAVEN_CONFIG");
        return new HavenProcess(Process.Start(start)!);
    }

    /// <summary>The address that `serve` prints when it is ready.</summary>
    public async Task<string> ListeningAsync()
    {
        var ended = _process.WaitForExitAsync();
        var first = await Task.WhenAny(_address.Task, ended).WaitAsync(Deadline);
        return first == ended && !_address.Task.IsCompleted
            ? throw new InvalidOperationException($"haven ended with {_process.ExitCode} before it listened:\n{Output}")
            : await _address.Task;
    }

    /// <summary>The address, or null when the program ends before it listens.</summary>
    public async Task<string?> ListeningOrExitAsync()
    {
        try
        {
            return await ListeningAsync();
        }
        catch (InvalidOperationException)
        {
            await _reading;
            return null;
        }
    }

    /// <summary>Waits for the end; the exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan? patience = null)
    {
        using var deadline = new CancellationTokenSource(patience ?? Deadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"haven did not end:\n{Output}", e);
        }

        await _reading;
        return _process.ExitCode;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal, for example TERM or INT.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        const string Marker = "Listening on ";
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }

            var at = line.IndexOf(Marker, StringComparison.Ordinal);
            if (at >= 0)
            {
                _address.TrySetResult(line[(at + Marker.Length)..].Trim().Split(' ')[0]);
            }
        }
    }
}
