namespace HavenVlm.Local.Commands;

/// <summary>What the process returns; scripts rely on these.</summary>
internal static class ExitCode
{
    /// <summary>Everything asked for was done.</summary>
    public const int Done = 0;

    /// <summary>Something failed; what and why was printed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C or by the system.</summary>
    public const int Interrupted = 130;
}

/// <summary>A command cannot go on; the message says what and how to fix it.</summary>
internal sealed class CommandException(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
