using HavenVlm.Core.Analysis.Sampling;
using HavenVlm.Core.Common;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Framing;
using HavenVlm.Core.Media.Sources;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Workflows.Collecting.Exports;

/// <summary>An open video whose markers are exported.</summary>
/// <param name="Input">The video.</param>
/// <param name="Facts">What the probe found.</param>
/// <param name="Picture">How pictures are cut and scaled.</param>
/// <param name="Answers">What the log holds; null = it was never analyzed.</param>
internal sealed record VideoToExport(MediaInput Input, VideoFacts Facts, PictureSettings Picture, SceneAnswers? Answers);

/// <summary>
/// Writes the pictures of a marker: start, middle and end. A picture is the very frame that the model saw, where it was asked about one
/// near that place.
/// </summary>
internal sealed class MarkerPictures(FrameExtractor extractor)
{
    private static readonly TimeSpan BeforeTheEnd = TimeSpan.FromMilliseconds(100);

    /// <summary>The entry with its pictures, or with the reason why there are not all of them.</summary>
    public async Task<ExportEntry> AddAsync(
        ExportEntry entry,
        StashMarker marker,
        VideoToExport video,
        ExportFolder folder,
        CancellationToken cancellationToken
    )
    {
        var range = MarkerFrames.RangeOf(marker, video.Facts.StartOffset);
        var seen = video.Answers is null
            ? []
            : MarkerFrames.Inside(video.Answers, range).Where(record => record.Answer.Tags is not null).ToList();
        var pictures = new List<ExportedPicture>();
        foreach (var (place, wish) in Places(range))
        {
            var nearest = seen.MinBy(record => (record.Time - wish).Duration());
            var time = nearest?.Time ?? Within(wish, video.Facts.Duration);
            var name = $"scenes/{SafeName.Of(marker.PrimaryTag.Name)}/{entry.Scene!.Id}-{marker.Id}-{place}-{time.TotalMilliseconds:0}.jpg";
            if (!folder.Exists(name))
            {
                var frame = await extractor.ExtractOneAsync(video.Input, video.Facts, video.Picture, time, cancellationToken);
                if (frame.Jpeg.IsEmpty)
                {
                    return entry with { Pictures = pictures, Reason = frame.Reason ?? $"Nothing could be decoded at {time}." };
                }

                await folder.WriteAsync(name, stream => stream.WriteAsync(frame.Jpeg, cancellationToken).AsTask(), cancellationToken);
            }

            pictures.Add(new ExportedPicture(place, name, time, nearest is null ? null : ExportedAnswer.Of(nearest)));
        }

        return entry with
        {
            Pictures = pictures,
        };
    }

    private static IEnumerable<(string Place, TimeSpan Time)> Places(TimeRange range) =>
        [("start", range.Start), ("middle", range.Start + (range.Length / 2)), ("end", range.End)];

    private static TimeSpan Within(TimeSpan time, TimeSpan duration)
    {
        var last = duration - BeforeTheEnd;
        return time < TimeSpan.Zero || last < TimeSpan.Zero ? TimeSpan.Zero
            : time > last ? last
            : time;
    }
}
