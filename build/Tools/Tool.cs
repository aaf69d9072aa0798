using HavenVlm.Build.Running;

namespace HavenVlm.Build.Tools;

/// <summary>A program that tests run, and where it comes from.</summary>
/// <param name="Name">As messages call it.</param>
/// <param name="IsHere">Whether it is installed.</param>
/// <param name="Packages">By program of the package manager, the packages; each set is tried if the one before could not be installed.</param>
/// <param name="Otherwise">What to do without a package manager.</param>
/// <param name="Without">If the tests do without it, what they leave out; null = it is needed.</param>
internal sealed record Tool(
    string Name,
    Func<bool> IsHere,
    IReadOnlyDictionary<string, string[][]> Packages,
    string Otherwise,
    string? Without = null
)
{
    private static readonly string[] Browsers =
    [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ];

    /// <summary>Decodes media; the product needs it, too.</summary>
    public static readonly Tool Ffmpeg = new(
        "ffmpeg",
        () => Executables.Has("ffmpeg", "ffprobe"),
        From(
            (
                PackageManager.Brew,
                [
                    ["ffmpeg"],
                ]
            ),
            (
                PackageManager.Apt,
                [
                    ["ffmpeg"],
                ]
            ),
            (
                PackageManager.Dnf,
                [
                    ["ffmpeg-free"],
                    ["ffmpeg"],
                ]
            ),
            (
                PackageManager.Apk,
                [
                    ["ffmpeg"],
                ]
            ),
            (
                PackageManager.Winget,
                [
                    ["Gyan.FFmpeg"],
                ]
            )
        ),
        "Get it from https://ffmpeg.org/download.html and put it on the PATH."
    );

    /// <summary>A browser for the tests of the pages; the tests search the same places. CHROMIUM names another one.</summary>
    public static readonly Tool Chromium = new(
        "Chromium",
        () => Browsers.Prepend(Environment.GetEnvironmentVariable("CHROMIUM") ?? "").Any(name => Executables.Find(name) is not null),
        From(
            (
                PackageManager.Brew,
                [
                    ["--cask", "chromium"],
                ]
            ),
            (
                PackageManager.Apt,
                [
                    ["chromium", "fonts-dejavu-core"],
                ]
            ),
            (
                PackageManager.Dnf,
                [
                    ["chromium"],
                ]
            ),
            (
                PackageManager.Apk,
                [
                    ["chromium"],
                ]
            )
        ),
        "Install Chromium or Google Chrome, or set CHROMIUM to its path.",
        OperatingSystem.IsWindows() ? "the tests of the pages will fail." : null
    );

    /// <summary>Runs the storage emulator; npm comes with it.</summary>
    public static readonly Tool Node = new(
        "Node.js",
        () => Executables.Has("node", "npm"),
        From(
            (
                PackageManager.Brew,
                [
                    ["node"],
                ]
            ),
            (
                PackageManager.Apt,
                [
                    ["nodejs", "npm"],
                ]
            ),
            (
                PackageManager.Dnf,
                [
                    ["nodejs", "npm"],
                ]
            ),
            (
                PackageManager.Apk,
                [
                    ["nodejs", "npm"],
                ]
            ),
            (
                PackageManager.Winget,
                [
                    ["OpenJS.NodeJS.LTS"],
                ]
            )
        ),
        "Get it from https://nodejs.org and put it on the PATH."
    );

    /// <summary>Runs the Stash plugin as Stash does; the product itself needs no Python.</summary>
    public static readonly Tool Python = new(
        "python3",
        () => Executables.Has("python3"),
        From(
            (
                PackageManager.Brew,
                [
                    ["python3"],
                ]
            ),
            (
                PackageManager.Apt,
                [
                    ["python3"],
                ]
            ),
            (
                PackageManager.Dnf,
                [
                    ["python3"],
                ]
            ),
            (
                PackageManager.Apk,
                [
                    ["python3"],
                ]
            )
        ),
        "Get it from https://www.python.org/downloads and put it on the PATH.",
        OperatingSystem.IsWindows() ? "the tests of the Stash plugin will fail." : null
    );

    /// <summary>Watches which files ffmpeg opens; there is none but on Linux.</summary>
    public static readonly Tool Strace = new(
        "strace",
        () => !OperatingSystem.IsLinux() || Executables.Has("strace"),
        From(
            (
                PackageManager.Apt,
                [
                    ["strace"],
                ]
            ),
            (
                PackageManager.Dnf,
                [
                    ["strace"],
                ]
            ),
            (
                PackageManager.Apk,
                [
                    ["strace"],
                ]
            )
        ),
        "Install it with the package manager of this system.",
        "the tests will not watch which files ffmpeg opens."
    );

    private static Dictionary<string, string[][]> From(params (PackageManager Manager, string[][] Sets)[] sources) =>
        sources.ToDictionary(source => source.Manager.Program, source => source.Sets, StringComparer.Ordinal);
}
