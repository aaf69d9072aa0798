using System.Globalization;
using System.Text.RegularExpressions;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Ffmpeg;

/// <summary>
/// Finds ffmpeg and ffprobe: in the folder that the environment variable <c>HAVEN_FFMPEG</c> names, beside the program, on the path.
/// </summary>
public sealed partial class FfmpegLocator : IDisposable
{
    private readonly string? _folder;
    private readonly SemaphoreSlim _once = new(1, 1);
    private volatile FfmpegInstallation? _found;
    private volatile string? _problem;

    /// <summary>Looks in the usual places.</summary>
    public FfmpegLocator() { }

    /// <summary>Looks in one folder only.</summary>
    internal FfmpegLocator(string folder) => _folder = folder;

    /// <summary>Why it was not found when it was last looked for; null = found, or never looked for.</summary>
    internal string? Problem => _problem;

    /// <summary>What was found; looked for again until something is found.</summary>
    /// <exception cref="MediaUnavailableException">ffmpeg or ffprobe is missing, too old or does not start.</exception>
    public async Task<FfmpegInstallation> FindAsync(CancellationToken cancellationToken)
    {
        if (_found is { } found)
        {
            return found;
        }

        await _once.WaitAsync(cancellationToken);
        try
        {
            _found ??= await LocateAsync(cancellationToken);
            _problem = null;
            return _found;
        }
        catch (MediaUnavailableException e)
        {
            _problem = e.Message;
            throw;
        }
        finally
        {
            _once.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _once.Dispose();

    private async Task<FfmpegInstallation> LocateAsync(CancellationToken cancellationToken)
    {
        var ffmpeg = FindBinary("ffmpeg");
        var ffprobe = FindBinary("ffprobe");
        var banner = await FfmpegQuery.AskAsync(ffmpeg, ["-version"], cancellationToken);
        await FfmpegQuery.AskAsync(ffprobe, ["-version"], cancellationToken);
        var match = VersionPattern().Match(banner);
        if (!match.Success)
        {
            throw new MediaUnavailableException($"'{ffmpeg}' does not say which version it is. Install ffmpeg 5.1 or newer.");
        }

        var version = match.Groups["version"].Value;
        var number = NumberPattern().Match(version);
        // Builds between releases are named by date or commit; they are newer than what is asked for here.
        var major = number.Success ? int.Parse(number.Groups["major"].Value, CultureInfo.InvariantCulture) : 0;
        var minor = number.Success ? int.Parse(number.Groups["minor"].Value, CultureInfo.InvariantCulture) : 0;
        if (number.Success && (major < 5 || (major == 5 && minor < 1)))
        {
            throw new MediaUnavailableException($"'{ffmpeg}' is version {version}. Install ffmpeg 5.1 or newer.");
        }

        return new FfmpegInstallation(ffmpeg, ffprobe, version, major)
        {
            Confinement = await FfmpegConfinement.FindAsync(cancellationToken),
        };
    }

    private string FindBinary(string name)
    {
        var file = OperatingSystem.IsWindows() ? $"{name}.exe" : name;
        foreach (var folder in Folders())
        {
            var path = Path.Combine(folder, file);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new MediaUnavailableException(
            $"{name} was not found on the path. Install ffmpeg (which brings ffprobe), or name its folder in the environment variable HAVEN_FFMPEG."
        );
    }

    private IEnumerable<string> Folders()
    {
        if ((_folder ?? Environment.GetEnvironmentVariable("HAVEN_FFMPEG")) is { Length: > 0 } chosen)
        {
            return [chosen];
        }

        // Relative entries of the path would let the current folder decide which program runs.
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathFullyQualified);
        return path.Prepend(AppContext.BaseDirectory);
    }

    [GeneratedRegex(@"^ff\w+ version (?<version>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"^n?(?<major>\d{1,3})\.(?<minor>\d{1,3})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NumberPattern();
}
