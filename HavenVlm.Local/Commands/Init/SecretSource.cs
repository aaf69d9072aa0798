namespace HavenVlm.Local.Commands.Init;

/// <summary>Reads keys from where they may stand: never from the command line, which every user of the machine can see.</summary>
internal sealed class SecretSource(CommandContext context)
{
    /// <summary>The key; null = neither a file nor a variable was named.</summary>
    /// <exception cref="CommandException">It is not there.</exception>
    public string? Read(string fileOption, string? file, string variableOption, string? variable)
    {
        if (file is not null && variable is not null)
        {
            throw new CommandException($"{fileOption} and {variableOption} do not go together: give one of them.", ExitCode.Usage);
        }

        if (variable is not null)
        {
            return context.Environment.TryGetValue(variable, out var value) && value.Trim().Length > 0
                ? value.Trim()
                : throw new CommandException(
                    $"{variableOption} {variable}: there is no such environment variable, or it is empty.",
                    ExitCode.Usage
                );
        }

        return file is null ? null : ReadFile(fileOption, Path.Combine(context.Folder, file));
    }

    private static string ReadFile(string option, string file)
    {
        try
        {
            var key = File.ReadAllText(file).Trim();
            return key.Length > 0 ? key : throw new CommandException($"{option} {file}: the file is empty.", ExitCode.Usage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{option} {file} cannot be read: {e.Message}", ExitCode.Usage);
        }
    }
}
