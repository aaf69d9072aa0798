using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Analysis;

/// <summary>
/// A picture of each marker for a report: of the frames that the model saw, which are decoded anyway, the one nearest to the middle. Only for
/// markers whose answers an earlier run got, or that came after memory was full, frames are decoded, together in one call.
/// </summary>
internal sealed class ReportPictures(FrameExtractor extractor)
{
    private const long MostBytes = 128L << 20;
    private readonly Lock _gate = new();
    private readonly SortedList<TimeSpan, ReadOnlyMemory<byte>> _kept = [];
    private long _bytes;

    /// <summary>Keeps a frame that was decoded for the model.</summary>
    public void Keep(VideoFrame frame)
    {
        lock (_gate)
        {
            if (!frame.Jpeg.IsEmpty && _bytes + frame.Jpeg.Length <= MostBytes && _kept.TryAdd(frame.Time, frame.Jpeg))
            {
                _bytes += frame.Jpeg.Length;
            }
        }
    }

    /// <summary>A picture in each marker, by its time in a player.</summary>
    public async Task<IReadOnlyDictionary<TimeSpan, ReadOnlyMemory<byte>>> OfAsync(
        IReadOnlyList<AnalysisMarker> markers,
        SceneSnapshot snapshot,
        MediaInput input,
        CancellationToken cancellationToken
    )
    {
        var offset = snapshot.Facts.StartOffset;
        var pictures = new Dictionary<TimeSpan, ReadOnlyMemory<byte>>();
        var lacking = new SortedSet<TimeSpan>();
        foreach (var marker in markers)
        {
            var middle = marker.Start + ((marker.End - marker.Start) / 2) - offset;
            var inside = _kept.Where(frame => frame.Key >= marker.Start - offset && frame.Key < marker.End - offset).ToList();
            if (inside.Count == 0)
            {
                _ = lacking.Add(middle);
                continue;
            }

            var (time, jpeg) = inside.MinBy(frame => (frame.Key - middle).Duration());
            pictures[time + offset] = jpeg;
        }

        if (lacking.Count > 0)
        {
            var tolerance = snapshot.Sampling.FrameInterval / 4;
            await foreach (
                var frame in extractor.ExtractAsync(input, snapshot.Facts, snapshot.Picture, [.. lacking], tolerance, cancellationToken)
            )
            {
                if (!frame.Jpeg.IsEmpty)
                {
                    pictures[frame.Planned + offset] = frame.Jpeg;
                }
            }
        }

        return pictures;
    }
}
