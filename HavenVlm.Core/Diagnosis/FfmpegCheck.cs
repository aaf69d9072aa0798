using System.Runtime.CompilerServices;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Media;

namespace HavenVlm.Core.Diagnosis;

/// <summary>Whether ffmpeg and ffprobe are there and new enough.</summary>
internal sealed class FfmpegCheck(FfmpegLocator locator) : ISystemCheck
{
    private const string Subject = "ffmpeg";

    public async IAsyncEnumerable<Finding> RunAsync(HavenOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await LookAsync(cancellationToken);
    }

    private async Task<Finding> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await locator.FindAsync(cancellationToken);
            return Finding.Good(Subject, $"version {found.Version} at {found.Ffmpeg}");
        }
        catch (MediaUnavailableException e)
        {
            return Finding.Failed(Subject, e.Message);
        }
    }
}
