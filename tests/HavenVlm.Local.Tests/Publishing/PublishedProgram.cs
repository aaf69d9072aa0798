using System.Diagnostics;
using System.Runtime.InteropServices;
using HavenVlm.Tests.Shared;

namespace HavenVlm.Local.Tests.Publishing;

/// <summary>The one file that <c>./haven publish</c> makes for Linux on this machine.</summary>
internal sealed class PublishedProgram : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(20);
    private readonly string _folder = Directory.CreateTempSubdirectory("haven-publish-").FullName;

    private PublishedProgram() { }

    /// <summary>A folder for the program's files.</summary>
    public string Home => Path.Combine(_folder, "home");

    /// <summary>What the publish printed, and how it ended.</summary>
    public (int ExitCode, string Text) Published { get; private set; }

    private static string Target => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    private string File => Path.Combine(_folder, Target, "haven");

    /// <summary>Publishes: minutes of work.</summary>
    public static async Task<PublishedProgram> PublishAsync()
    {
        var program = new PublishedProgram();
        Directory.CreateDirectory(program.Home);
        var start = new ProcessStartInfo("sh", [Path.Combine(SourceFolder.Root, "haven"), "publish", Target, program._folder]);
        // A server of the build that stays would keep the outputs open until it ends.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        program.Published = await RunAsync(start);
        return program;
    }

    /// <summary>Runs the program with nothing but <c>/usr/bin</c> on the path: no SDK, no shared framework.</summary>
    public Task<(int ExitCode, string Text)> RunAsync(params string[] args)
    {
        var start = new ProcessStartInfo(File, args) { WorkingDirectory = Home };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin";
        start.Environment["HOME"] = Home;
        return RunAsync(start);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task<(int ExitCode, string Text)> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
