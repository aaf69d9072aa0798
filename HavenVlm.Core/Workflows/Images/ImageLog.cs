using HavenVlm.Core.Analysis;
using HavenVlm.Core.Analysis.Images;
using HavenVlm.Core.Stash.Images;

namespace HavenVlm.Core.Workflows.Images;

/// <summary>What was answered about an image, read from the log behind its tags.</summary>
internal sealed class ImageLog(ImageRecordStore records, AnalysisLogs logs)
{
    /// <summary>The answers behind the tags that the image has of ours; null = it was never tagged by us.</summary>
    public async Task<LoggedImage?> ReadAsync(string imageId, CancellationToken cancellationToken)
    {
        if ((await records.ReadAsync(imageId, cancellationToken)).Answers is not { } place)
        {
            return null;
        }

        await using var log = await logs.OpenAsync(place.Key, cancellationToken);
        return new LoggedImage(place.Key, log.RecordsOf(place.Fingerprint));
    }
}
