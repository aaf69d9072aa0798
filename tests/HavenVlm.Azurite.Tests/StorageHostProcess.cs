using System.Diagnostics;
using System.Globalization;

namespace HavenVlm.Azurite.Tests;

/// <summary>Another process that works on the same storage account, to be killed.</summary>
internal sealed class StorageHostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _reading;
    private readonly Lock _sync = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private StorageHostProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>What it said so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_sync)
            {
                return [.. _lines];
            }
        }
    }

    public static StorageHostProcess Start(AzuriteServer azurite, string container, params IEnumerable<object> work)
    {
        var name = OperatingSystem.IsWindows() ? "HavenVlm.StorageHost.exe" : "HavenVlm.StorageHost";
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, name), [container])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var argument in work)
        {
            start.ArgumentList.Add(Convert.ToString(argument, CultureInfo.InvariantCulture)!);
        }

        start.Environment["AzureWebJobsStorage"] = azurite.ConnectionString;
        return new StorageHostProcess(Process.Start(start)!);
    }

    /// <summary>How often it said something.</summary>
    public int Count(string line) => Lines.Count(each => each == line);

    /// <summary>Waits until it has said enough.</summary>
    public async Task UntilAsync(Func<IReadOnlyList<string>, bool> enough, TimeSpan deadline)
    {
        using var limit = new CancellationTokenSource(deadline);
        while (true)
        {
            Task more;
            lock (_sync)
            {
                more = _more.Task;
            }

            var lines = Lines;
            if (enough(lines))
            {
                return;
            }

            if (_reading.IsCompleted)
            {
                throw new InvalidOperationException($"The process ended with {_process.ExitCode} after {lines.Count} lines.");
            }

            await Task.WhenAny(more, _reading).WaitAsync(limit.Token);
        }
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
    }

    /// <summary>Asks it to end.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await _reading;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            TaskCompletionSource more;
            lock (_sync)
            {
                _lines.Add(line);
                more = _more;
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            more.SetResult();
        }
    }
}
