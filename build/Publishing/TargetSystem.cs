using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace HavenVlm.Build.Publishing;

/// <summary>The systems that a program can be published for, by their .NET names.</summary>
internal static partial class TargetSystem
{
    /// <summary>Examples for messages.</summary>
    public const string Examples = "linux-x64, linux-arm64, linux-musl-x64, osx-arm64, osx-x64 or win-x64";

    /// <summary>This machine's.</summary>
    public static string OfThisMachine() =>
        RuntimeInformation.RuntimeIdentifier is var id && IsValid(id)
            ? id
            : Of(OperatingSystem.IsWindows(), OperatingSystem.IsMacOS(), RuntimeInformation.ProcessArchitecture);

    /// <summary>Whether a name has the form of a system's.</summary>
    public static bool IsValid(string name) => Name().IsMatch(name);

    private static string Of(bool isWindows, bool isMac, Architecture architecture) =>
        $"{(isWindows ? "win" : isMac ? "osx" : "linux")}-{architecture.ToString().ToLowerInvariant()}";

    [GeneratedRegex("^(linux|linux-musl|osx|win)-(x64|x86|arm|arm64)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
