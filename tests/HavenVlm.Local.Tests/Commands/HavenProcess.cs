using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace HavenVlm.Local.Tests.Commands;

/// <summary>The real program as a process of its own, in a folder of its own.</summary>
internal sealed class HavenProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HavenProcess(string folder, IEnumerable<string> args, IReadOnlyDictionary<string, string>? environment)
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "haven.exe" : "haven");
        var (file, arguments) = IgnoresInterrupts() ? ("env", ["--default-signal=INT", program, .. args]) : (program, args);
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("HAVEN_CONFIG");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Add(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => Add(_error, e.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Text(_output);

    /// <summary>
    /// Whether this test run was started in the background of a shell, which makes it and its children deaf to Ctrl-C; a person's
    /// terminal never is.
    /// </summary>
    private static bool IgnoresInterrupts()
    {
        const long Interrupt = 1 << (2 - 1);
        const string Line = "SigIgn:";
        return OperatingSystem.IsLinux()
            && File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Line, StringComparison.Ordinal)) is { } ignored
            && (Convert.ToInt64(ignored[Line.Length..].Trim(), 16) & Interrupt) != 0;
    }

    public string Error => Text(_error);

    public IReadOnlyList<string> ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public int Id => _process.Id;

    public static HavenProcess Start(string folder, params string[] args) => new(folder, args, environment: null);

    public static HavenProcess Start(string folder, IReadOnlyDictionary<string, string> environment, params string[] args) =>
        new(folder, args, environment);

    /// <summary>Runs to the end; gives the exit code.</summary>
    public static async Task<(int ExitCode, HavenProcess Process)> RunAsync(string folder, params string[] args)
    {
        var process = Start(folder, args);
        return (await process.ExitAsync(), process);
    }

    /// <summary>Where the server listens, once it says so.</summary>
    public async Task<string> AddressAsync()
    {
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(_address.Task, ended).WaitAsync(Deadline) == ended && !_address.Task.IsCompleted)
        {
            Assert.Fail($"The server ended with {_process.ExitCode}: {Output}{Error}");
        }

        return await _address.Task;
    }

    public async Task<int> ExitAsync()
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Deadline);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Did not end in time. {Output}{Error}");
        }

        return _process.ExitCode;
    }

    /// <summary>Ctrl-C (2) or the system's request to end (15).</summary>
    public void Signal(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    /// <summary>Until a line of the output or the errors holds a text.</summary>
    public async Task UntilAsync(string text)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!Output.Contains(text, StringComparison.Ordinal) && !Error.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(_process.HasExited || deadline.IsCancellationRequested, $"\"{text}\" was never said: {Output}{Error}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Add(StringBuilder to, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (to)
        {
            to.Append(line).Append('\n');
        }

        const string Listening = "Listening on ";
        if (line.StartsWith(Listening, StringComparison.Ordinal))
        {
            _address.TrySetResult(line[Listening.Length..]);
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
