using HavenVlm.Core.Configuration;
using HavenVlm.Core.Diagnosis;

namespace HavenVlm.Local.Commands;

/// <summary>Whether a configuration file with keys in it is for its owner alone.</summary>
internal static class ConfigurationPrivacy
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>What to tell about it; null = nothing.</summary>
    public static Finding? Find(LoadedConfiguration loaded)
    {
        if (loaded.File is not { } file || OperatingSystem.IsWindows())
        {
            return null;
        }

        try
        {
            var mode = File.GetUnixFileMode(file) & Others;
            if (mode == UnixFileMode.None || !HoldsSecrets(file, loaded.Options))
            {
                return null;
            }

            var isWritable = mode.HasFlag(UnixFileMode.GroupWrite) || mode.HasFlag(UnixFileMode.OtherWrite);
            var verb = isWritable ? "read and changed" : "read";
            return new Finding(
                "configuration",
                FindingKind.Warning,
                $"{file} holds keys and can be {verb} by other users of this machine: chmod 600 {file}"
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Keys from the environment are not in the file.
    private static bool HoldsSecrets(string file, HavenOptions options)
    {
        var text = File.ReadAllText(file);
        return !string.Equals(SecretMask.Of(options).Apply(text), text, StringComparison.Ordinal);
    }
}
