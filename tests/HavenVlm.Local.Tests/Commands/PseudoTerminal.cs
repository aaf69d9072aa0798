using System.Diagnostics;
using System.Text.Json;

namespace HavenVlm.Local.Tests.Commands;

/// <summary>The real program on a pseudo terminal, with somebody who answers its questions.</summary>
internal static class PseudoTerminal
{
    public const string CtrlC = "\u0003";

    private const string Driver = """
        import json, os, pty, select, signal, sys, time
        args, answers = json.loads(sys.argv[1]), json.loads(sys.argv[2])
        child, terminal = pty.fork()
        if child == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.environ["TERM"] = "xterm"
            os.environ.pop("HAVEN_CONFIG", None)
            os.execv(args[0], args)
        screen, seen, deadline = b"", 0, time.time() + 100
        while time.time() < deadline:
            if answers and answers[0][0].encode() in screen[seen:]:
                seen = len(screen)
                typed = answers.pop(0)[1]
                time.sleep(0.3)
                os.write(terminal, typed.encode() if typed == "\x03" else typed.encode() + b"\r")
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    piece = os.read(terminal, 65536)
                except OSError:
                    piece = b""
                if not piece:
                    break
                screen += piece
        else:
            os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        sys.stdout.buffer.write(screen)
        sys.stdout.flush()
        sys.exit(os.waitstatus_to_exitcode(status) & 255)
        """;

    public static bool IsHere { get; } =
        !OperatingSystem.IsWindows()
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "python3")));

    /// <summary>Runs to the end; each answer is typed when its text has come up.</summary>
    public static async Task<(int ExitCode, string Screen)> RunAsync(
        string folder,
        string[] args,
        params (string Text, string Typed)[] answers
    )
    {
        string[] program = [Path.Combine(AppContext.BaseDirectory, "haven"), .. args];
        var start = new ProcessStartInfo("python3", ["-c", Driver, Json(program), Json(answers.Select(a => new[] { a.Text, a.Typed }))])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var screen = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, screen);
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value);
}
