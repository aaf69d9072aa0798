namespace HavenVlm.Core.Media;

/// <summary>Finds where the picture of a video changes, from its keyframes alone: encoders put one at every cut.</summary>
internal sealed class ChangeDetector(FrameDecoder decoder, DecoderGate gate)
{
    // Below this two keyframes differ by movement and noise.
    private const double Threshold = 0.04;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestStretch = TimeSpan.FromMinutes(1);

    /// <summary>The changes between two times, ascending: at each the picture differs from the keyframe before it.</summary>
    /// <param name="input">The video.</param>
    /// <param name="facts">Its facts.</param>
    /// <param name="from">From here, counted from the first picture.</param>
    /// <param name="to">To here.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<PictureChange>> ScanAsync(
        MediaInput input,
        VideoFacts facts,
        TimeSpan from,
        TimeSpan to,
        CancellationToken cancellationToken
    )
    {
        var changes = new List<PictureChange>();
        FrameSignature? before = null;
        using var place = await gate.EnterAsync(cancellationToken);
        for (var start = from; start < to; start += LongestStretch)
        {
            var end = start + LongestStretch < to ? start + LongestStretch : to;
            await foreach (var frame in decoder.DecodeAsync(Request(input, facts, start, end), "none", complain: null, cancellationToken))
            {
                if (frame.Time < start || frame.Time >= end)
                {
                    continue;
                }

                var signature = new FrameSignature(frame.Grey);
                var magnitude = before?.DifferenceTo(signature) ?? 0;
                before = signature;
                if (magnitude >= Threshold)
                {
                    changes.Add(new PictureChange(frame.Time, magnitude));
                }
            }
        }

        return changes;
    }

    private static FrameRequest Request(MediaInput input, VideoFacts facts, TimeSpan start, TimeSpan end)
    {
        // Videos of nothing but keyframes are looked at four times a second.
        var count = Math.Max(1, (int)Math.Ceiling((end - start) / Step));
        var times = Enumerable.Range(0, count).Select(i => start + (i * Step)).ToList();
        var run = new DecodeRun(DecodeSkip.NonKey, times, TimeSpan.Zero, TimeSpan.Zero, Threads: 1);
        return new FrameRequest(input, facts, run, PictureFilter: null, $"scale={FrameSignature.Side}:{FrameSignature.Side}:flags=area");
    }
}
