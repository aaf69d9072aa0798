namespace HavenVlm.Build.Running;

/// <summary>The .NET SDK that <c>./haven</c> found, working in the clone.</summary>
internal sealed class DotNet(Repository repository, Screen screen)
{
    /// <summary>The options of every build: what is tested, measured and published is built alike.</summary>
    private static readonly string[] BuildOptions = ["-c", "Release", "-v", "quiet", "--nologo"];

    // This program runs on the host `dotnet` that the script chose.
    private static string Host =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet" ? Environment.ProcessPath! : "dotnet";

    /// <summary>A call of <c>dotnet</c>.</summary>
    public Invocation Call(params string[] arguments) => Located(new Invocation(Host, arguments, repository.Root));

    /// <summary>A call of a built program of the clone, by its own executable if it has one.</summary>
    /// <param name="program">Path of the program's assembly.</param>
    /// <param name="arguments">The program's arguments.</param>
    public Invocation CallProgram(string program, params string[] arguments)
    {
        var executable = Path.ChangeExtension(program, OperatingSystem.IsWindows() ? ".exe" : null);
        return File.Exists(executable) ? Located(new Invocation(executable, arguments, repository.Root)) : Call([program, .. arguments]);
    }

    /// <summary>Calls <c>dotnet</c> and keeps what it writes.</summary>
    public Task<Ended> RunAsync(string[] arguments, CancellationToken cancellation) =>
        ChildProcess.CaptureAsync(Call(arguments), cancellation);

    /// <summary>Builds a project or the solution, showing that it is alive; on failure its errors are shown.</summary>
    /// <returns>Whether it was built.</returns>
    public async Task<bool> BuildAsync(string title, string target, CancellationToken cancellation)
    {
        var ended = await screen.WatchAsync(title, () => BuildQuietlyAsync(target, [], cancellation));
        if (!ended.IsSuccess)
        {
            ShowErrors(ended);
        }

        return ended.IsSuccess;
    }

    /// <summary>Builds without a word.</summary>
    public Task<Ended> BuildQuietlyAsync(string target, string[] more, CancellationToken cancellation) =>
        RunAsync(["build", target, .. BuildOptions, .. more], cancellation);

    /// <summary>Shows each error and warning of a build once, or everything if it has none.</summary>
    public void ShowErrors(Ended build)
    {
        foreach (var line in BuildErrors.Of(build.Lines))
        {
            screen.Write(line);
        }
    }

    // Programs find the .NET that the script found, wherever it is, and so do the programs that they start.
    private static Invocation Located(Invocation invocation) =>
        Path.IsPathRooted(Host) ? invocation.With("DOTNET_ROOT", Path.GetDirectoryName(Host)!) : invocation;

    /// <summary>The built program of a project.</summary>
    /// <param name="project">Path of the project file.</param>
    public static string ProgramOf(string project) =>
        Path.Combine(Path.GetDirectoryName(project)!, "bin", "Release", "net10.0", Path.GetFileNameWithoutExtension(project) + ".dll");
}
