using System.Text;

namespace HavenVlm.Local.Commands.Init;

/// <summary>Writes a file that only its owner may read, whole or not at all.</summary>
internal static class PrivateFile
{
    /// <summary>Writes it; what was there is kept beside it under the name with <c>.bak</c>.</summary>
    /// <returns>Where what was there is kept; null = there was nothing.</returns>
    /// <exception cref="CommandException">The folder cannot be written.</exception>
    public static string? Write(string path, string text)
    {
        var next = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(next, options))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            var kept = File.Exists(path) ? path + ".bak" : null;
            if (kept is not null)
            {
                File.Copy(path, kept, overwrite: true);
                if (!OperatingSystem.IsWindows())
                {
                    // There may be keys in the old one, too, whoever could read it until now.
                    File.SetUnixFileMode(kept, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                }
            }

            File.Move(next, path, overwrite: true);
            return kept;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be written: {e.Message} Give this user the right to write the folder.");
        }
        finally
        {
            File.Delete(next);
        }
    }
}
