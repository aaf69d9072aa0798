using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Frames;

/// <summary>
/// Keeps the frames that were decoded to learn about a short video until they are asked for a moment later, so that ffmpeg starts once. What
/// is not asked for soon is forgotten; whoever finds nothing here decodes.
/// </summary>
internal sealed class FirstFrames(TimeProvider time)
{
    private const long MostBytes = 32L << 20;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Keeps frames of all planned times.</summary>
    public void Keep(MediaInput input, VideoFacts facts, PictureSettings settings, IReadOnlyList<VideoFrame> frames)
    {
        var size = frames.Sum(frame => (long)frame.Jpeg.Length);
        lock (_gate)
        {
            Forget();
            while (_entries.Count > 0 && _entries.Sum(entry => entry.Size) + size > MostBytes)
            {
                _entries.RemoveAt(0);
            }

            if (size <= MostBytes)
            {
                _entries.Add(new Entry(input.Name, facts.Duration, settings, frames, size, time.GetTimestamp()));
            }
        }
    }

    /// <summary>The frames of exactly these planned times, which are forgotten then; null = they are not here.</summary>
    public IReadOnlyList<VideoFrame>? Take(MediaInput input, VideoFacts facts, PictureSettings settings, IReadOnlyList<TimeSpan> planned)
    {
        lock (_gate)
        {
            Forget();
            var found = _entries.FindIndex(entry =>
                string.Equals(entry.Name, input.Name, StringComparison.Ordinal)
                && (entry.Duration - facts.Duration).Duration() < TimeSpan.FromMilliseconds(1)
                && entry.Settings == settings
                && entry.Frames.Select(frame => frame.Planned).SequenceEqual(planned)
            );
            if (found < 0)
            {
                return null;
            }

            var frames = _entries[found].Frames;
            _entries.RemoveAt(found);
            return frames;
        }
    }

    private void Forget() => _ = _entries.RemoveAll(entry => time.GetElapsedTime(entry.Kept) > Lifetime);

    private sealed record Entry(
        string Name,
        TimeSpan Duration,
        PictureSettings Settings,
        IReadOnlyList<VideoFrame> Frames,
        long Size,
        long Kept
    );
}
