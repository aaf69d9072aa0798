using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Ffmpeg;

/// <summary>
/// Programs of the platform that take from ffmpeg what it does not need before they become it: new privileges (<c>setpriv</c>), and for
/// what comes from a file, networks (<c>unshare</c>, in a user namespace, which needs no privileges where the kernel allows it).
/// </summary>
/// <param name="Privileges">Start of a command line; empty = not possible here.</param>
/// <param name="Network">Start of a command line; empty = not possible here.</param>
internal sealed record FfmpegConfinement(IReadOnlyList<string> Privileges, IReadOnlyList<string> Network)
{
    /// <summary>Takes nothing.</summary>
    public static FfmpegConfinement None { get; } = new([], []);

    /// <summary>What works here, found by trying it: containers and hardened kernels refuse some of it.</summary>
    public static async Task<FfmpegConfinement> FindAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return None;
        }

        var privileges = await ProbeAsync("setpriv", ["--no-new-privs", "--"], cancellationToken);
        var network = await ProbeAsync("unshare", ["--user", "--map-current-user", "--net", "--"], cancellationToken);
        return new FfmpegConfinement(privileges, network);
    }

    /// <summary>What stands before the program's own path.</summary>
    /// <param name="withNetwork">Whether it reads from a network, or a driver may need more than a file.</param>
    public IEnumerable<string> PrefixFor(bool withNetwork) => withNetwork ? Privileges : Privileges.Concat(Network);

    private static async Task<IReadOnlyList<string>> ProbeAsync(
        string program,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken
    )
    {
        if (FfmpegSandbox.PlatformProgram(program) is not { } path)
        {
            return [];
        }

        try
        {
            // It becomes a shell that says a word, or says nothing.
            var said = await FfmpegQuery.AskAsync(path, [.. arguments, "/bin/sh", "-c", "echo works"], cancellationToken);
            return said.StartsWith("works", StringComparison.Ordinal) ? [path, .. arguments] : [];
        }
        catch (MediaUnavailableException)
        {
            return [];
        }
    }
}
