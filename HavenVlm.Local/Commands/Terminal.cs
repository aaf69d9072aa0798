using HavenVlm.Local.Hosting;
using Spectre.Console;

namespace HavenVlm.Local.Commands;

/// <summary>Where commands print: results to the output, everything else to the error stream.</summary>
/// <param name="output">Results.</param>
/// <param name="error">Mistakes and log lines.</param>
/// <param name="isInteractive">Whether somebody watches the output, so that a progress bar helps.</param>
/// <param name="canAsk">Whether somebody is there to answer questions.</param>
internal sealed class Terminal(TextWriter output, TextWriter error, bool isInteractive, bool canAsk = false)
{
    private readonly Lock _gate = new();
    private IAnsiConsole? _bar;

    public TextWriter Output { get; } = output;

    public TextWriter Error { get; } = error;

    public bool IsInteractive { get; } = isInteractive;

    public bool CanAsk { get; } = canAsk;

    public static Terminal OfProcess()
    {
        var isDumb = Environment.GetEnvironmentVariable("TERM") is "dumb";
        return new Terminal(
            Console.Out,
            Console.Error,
            !Console.IsOutputRedirected && !isDumb,
            canAsk: !Console.IsOutputRedirected && !Console.IsInputRedirected
        );
    }

    /// <summary>Prints a line of the result. Titles, tags and messages of others do not steer the terminal of who watches.</summary>
    public void Print(string line) => Output.WriteLine(IsInteractive ? LogText.Lines(line) : line);

    /// <summary>Prints a line that is not part of the result. While a progress bar is shown it goes above the bar.</summary>
    public void Note(string line)
    {
        var shown = LogText.Lines(line);
        lock (_gate)
        {
            if (_bar is { } bar)
            {
                bar.WriteLine(shown);
            }
            else
            {
                Error.WriteLine(shown);
            }
        }
    }

    /// <summary>From now on, until disposed, notes go above a progress bar.</summary>
    public IDisposable ShowBar(IAnsiConsole console)
    {
        lock (_gate)
        {
            _bar = console;
        }

        return new Bar(this);
    }

    private sealed class Bar(Terminal terminal) : IDisposable
    {
        public void Dispose()
        {
            lock (terminal._gate)
            {
                terminal._bar = null;
            }
        }
    }
}
