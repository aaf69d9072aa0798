using System.Runtime.CompilerServices;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;

namespace HavenVlm.Core.Diagnosis;

/// <summary>Whether ffmpeg and ffprobe are there, new enough, and can decode the usual videos.</summary>
internal sealed class FfmpegCheck(FfmpegLocator locator) : ISystemCheck
{
    private const string Subject = "ffmpeg";

    public async IAsyncEnumerable<Finding> RunAsync(HavenOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await CheckAsync(cancellationToken);
    }

    private async Task<Finding> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await locator.FindAsync(cancellationToken);
            return Judge(found, await FfmpegAbilities.AskAsync(found.Ffmpeg, cancellationToken));
        }
        catch (MediaUnavailableException e)
        {
            return Finding.Failed(Subject, e.Message);
        }
    }

    internal static Finding Judge(FfmpegInstallation found, FfmpegAbilities abilities)
    {
        const string Advice =
            "Install a full build (Fedora: ffmpeg from RPM Fusion instead of ffmpeg-free; Windows: Gyan.FFmpeg), or name its folder in HAVEN_FFMPEG.";
        var what = $"version {found.Version} at {found.Ffmpeg}";
        if (abilities.Missing.Count > 0)
        {
            return Finding.Failed(Subject, $"{what} was built without {string.Join(" and ", abilities.Missing)}. {Advice}");
        }

        return abilities.Undecodable.Count > 0
            ? Finding.Warning(Subject, $"{what} cannot decode {string.Join(", ", abilities.Undecodable)}; such videos will fail. {Advice}")
            : Finding.Good(Subject, what + Confined(found.Confinement));
    }

    private static string Confined(FfmpegConfinement confinement)
    {
        var (privileges, network) = (confinement.Privileges.Count > 0, confinement.Network.Count > 0);
        return (privileges, network) switch
        {
            (true, true) => "; it gets no new privileges, and no network for files",
            (true, false) => "; it gets no new privileges",
            (false, true) => "; it gets no network for files",
            _ => "",
        };
    }
}
