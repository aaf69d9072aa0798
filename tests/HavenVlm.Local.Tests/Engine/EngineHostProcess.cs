using System.Diagnostics;
using System.Globalization;

namespace HavenVlm.Local.Tests.Engine;

/// <summary>A process with the embedded engine and some random trees in it, to be killed.</summary>
internal sealed class EngineHostProcess : IDisposable
{
    private readonly Process _process;

    private EngineHostProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static EngineHostProcess Start(string folder, int seed, int count, int rounds)
    {
        var name = OperatingSystem.IsWindows() ? "HavenVlm.EngineHost.exe" : "HavenVlm.EngineHost";
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, name))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(folder);
        foreach (var number in (int[])[seed, count, rounds])
        {
            start.ArgumentList.Add(number.ToString(CultureInfo.InvariantCulture));
        }

        return new EngineHostProcess(Process.Start(start)!);
    }

    /// <summary>Waits until the engine runs; false when the process ended instead.</summary>
    public async Task<bool> IsRunningAsync() => await _process.StandardOutput.ReadLineAsync() is "running";

    /// <summary>Waits for its end; returns the exit code and what it printed.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> EndAsync()
    {
        var output = _process.StandardOutput.ReadToEndAsync();
        var errors = _process.StandardError.ReadToEndAsync();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (_process.ExitCode, await output, await errors);
    }

    /// <summary>Ends it as a power cut would: no handler runs.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Makes it stand still while something is done.</summary>
    public async Task FreezeAsync(Action action)
    {
        await SignalAsync("STOP");
        try
        {
            action();
        }
        finally
        {
            await SignalAsync("CONT");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
