using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace HavenVlm.Local.Server;

/// <summary>A key in a file that only its owner may read.</summary>
internal static class SecretFile
{
    private const int KeyBytes = 32;

    /// <summary>A new key of 256 random bits.</summary>
    public static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Writes a key, in the place of the one that is there.</summary>
    public static void Write(string path, string key)
    {
        var next = path + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(next, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(key + "\n"));
        }

        File.Move(next, path, overwrite: true);
    }

    /// <summary>The key in a file; null when there is none or it may not be read.</summary>
    public static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() is { Length: > 0 } key ? key : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
