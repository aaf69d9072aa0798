using System.Diagnostics;

namespace HavenVlm.Benchmarks.Serving;

/// <summary>The real program as a process of its own.</summary>
internal sealed class HavenServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _errors;
    private Task _output = Task.CompletedTask;

    private HavenServer(Process process)
    {
        _process = process;
        _errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
    }

    /// <summary>Its process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Where it listens.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts it in a folder with a <c>haven.yaml</c> and waits until it listens.</summary>
    public static async Task<HavenServer> StartAsync(string folder, CancellationToken cancellationToken)
    {
        const string Ready = "Listening on ";
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "haven.dll"), "serve"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Remove("HAVEN_CONFIG");
        var server = new HavenServer(Process.Start(start)!);
        while (await server._process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith(Ready, StringComparison.Ordinal))
            {
                server.Address = line[Ready.Length..].Trim();
                server._output = server._process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken);
                return server;
            }
        }

        await server.DisposeAsync();
        throw new InvalidOperationException("haven serve ended before it listened");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        await Task.WhenAll(_output, _errors).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }
}
