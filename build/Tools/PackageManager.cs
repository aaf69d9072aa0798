using HavenVlm.Build.Running;

namespace HavenVlm.Build.Tools;

/// <summary>A package manager of the system: what it is called, and the commands that install packages with it.</summary>
/// <param name="Program">The program whose presence says that it is the one.</param>
/// <param name="Refresh">Arguments to update its lists first; empty if it does so itself.</param>
/// <param name="Install">Arguments to install, before the names of packages.</param>
/// <param name="NeedsRoot">Whether only root may install.</param>
internal sealed record PackageManager(string Program, string[] Refresh, string[] Install, bool NeedsRoot)
{
    /// <summary>Homebrew, on macOS and Linux.</summary>
    public static readonly PackageManager Brew = new("brew", [], ["install"], NeedsRoot: false);

    /// <summary>Debian, Ubuntu and their like.</summary>
    public static readonly PackageManager Apt = new(
        "apt-get",
        ["update", "-q"],
        ["install", "-y", "-q", "--no-install-recommends"],
        NeedsRoot: true
    );

    /// <summary>Fedora and its like.</summary>
    public static readonly PackageManager Dnf = new("dnf", [], ["install", "-y", "-q"], NeedsRoot: true);

    /// <summary>Alpine.</summary>
    public static readonly PackageManager Apk = new("apk", [], ["add", "--no-progress"], NeedsRoot: true);

    /// <summary>Windows.</summary>
    public static readonly PackageManager Winget = new(
        "winget",
        [],
        ["install", "--exact", "--silent", "--accept-package-agreements", "--accept-source-agreements", "--id"],
        NeedsRoot: false
    );

    /// <summary>In the order in which they are tried.</summary>
    public static readonly IReadOnlyList<PackageManager> All = [Brew, Apt, Dnf, Apk, Winget];

    /// <summary>The one of this machine; null if it has none that is known.</summary>
    public static PackageManager? Find() => All.FirstOrDefault(manager => Executables.Has(manager.Program));

    /// <summary>What a person types to install the packages.</summary>
    public string ByHand(IEnumerable<string> packages)
    {
        var prefix = NeedsRoot && Program != Apk.Program ? "sudo " : "";
        string[] install = [.. Install.Where(word => word is "install" or "add" or "-y" or "--exact" or "--id"), .. packages];
        var command = $"{prefix}{Program} {string.Join(' ', install)}";
        return Refresh.Length == 0 ? command : $"{prefix}{Program} {Refresh[0]} && {command}";
    }

    /// <summary>The command lines that install the packages.</summary>
    /// <param name="packages">Names of packages.</param>
    /// <param name="asRoot">What makes a command root's; empty for root itself.</param>
    public IReadOnlyList<string[]> Commands(IEnumerable<string> packages, string[] asRoot)
    {
        // Debian's packages may ask questions that nobody is there to answer.
        string[] before = NeedsRoot ? [.. asRoot, "env", "DEBIAN_FRONTEND=noninteractive"] : [];
        string[] install = [.. before, Program, .. Install, .. packages];
        return Refresh.Length == 0
            ? [install]
            :
            [
                [.. before, Program, .. Refresh],
                install,
            ];
    }
}
