using System.Text;

namespace HavenVlm.Local.Commands.Init;

/// <summary>Asks whoever sits at the terminal.</summary>
internal sealed class Prompter(Terminal terminal)
{
    /// <summary>A line; what is in brackets is taken when nothing is typed.</summary>
    /// <param name="question">The question, without a colon.</param>
    /// <param name="preset">Taken when nothing is typed; empty = something has to be.</param>
    /// <param name="cancellationToken">Cancelled by Ctrl-C.</param>
    public async Task<string> AskAsync(string question, string preset, CancellationToken cancellationToken)
    {
        while (true)
        {
            await terminal.Output.WriteAsync(preset.Length == 0 ? $"{question}: " : $"{question} [{preset}]: ");
            var typed = (await ReadAsync(Console.ReadLine, cancellationToken)).Trim();
            if (typed.Length > 0 || preset.Length > 0)
            {
                return typed.Length > 0 ? typed : preset;
            }
        }
    }

    /// <summary>A line that does not show on the terminal; may be empty.</summary>
    public async Task<string> AskSecretAsync(string question, CancellationToken cancellationToken)
    {
        await terminal.Output.WriteAsync($"{question} (does not show): ");
        var typed = await ReadAsync(ReadHidden, cancellationToken);
        await terminal.Output.WriteLineAsync();
        return typed.Trim();
    }

    /// <summary>Yes or no.</summary>
    public async Task<bool> AgreesAsync(string question, bool preset, CancellationToken cancellationToken)
    {
        while (true)
        {
            var typed = await AskAsync($"{question} (y/n)", preset ? "y" : "n", cancellationToken);
            if (typed.ToUpperInvariant() is "Y" or "YES" or "N" or "NO")
            {
                return typed[0] is 'y' or 'Y';
            }
        }
    }

    // A read from the terminal cannot be cancelled: it is left behind, and ends with the process.
    private static async Task<string> ReadAsync(Func<string?> read, CancellationToken cancellationToken) =>
        await Task.Run(read, CancellationToken.None).WaitAsync(cancellationToken)
        ?? throw new CommandException("The input ended before everything was answered. Nothing was written.");

    private static string? ReadHidden()
    {
        var text = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    return text.ToString();
                case ConsoleKey.Backspace:
                    text.Length = Math.Max(0, text.Length - 1);
                    break;
                case ConsoleKey.D when key.Modifiers == ConsoleModifiers.Control:
                    return null;
                default:
                    if (!char.IsControl(key.KeyChar))
                    {
                        text.Append(key.KeyChar);
                    }

                    break;
            }
        }
    }
}
