namespace HavenVlm.Local.Commands;

/// <summary>A file that a command is asked to write its result into.</summary>
internal static class OutputFile
{
    /// <summary>Refuses a file that cannot be written: work may take hours, and that its result cannot be kept is reported first.</summary>
    /// <exception cref="CommandException">It lies in no folder that exists, or is one itself.</exception>
    public static void Require(CommandContext context, string option, string? file)
    {
        var path = file is null ? null : Path.GetFullPath(Path.Combine(context.Folder, file));
        if (path is not null && (Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(path))))
        {
            throw new CommandException($"{option} {file}: name a file in a folder that exists.", ExitCode.Usage);
        }
    }
}
