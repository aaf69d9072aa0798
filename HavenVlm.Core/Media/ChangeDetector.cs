using System.Runtime.CompilerServices;

namespace HavenVlm.Core.Media;

/// <summary>
/// Finds where the picture of a video changes. Pictures that need no others are cheap to decode, and encoders put one at every cut; between them
/// a short range can be looked at closely.
/// </summary>
internal sealed class ChangeDetector(FrameDecoder decoder, DecoderGate gate)
{
    // Below this two pictures differ by movement and noise.
    private const double Threshold = 0.04;

    // Encoders put a keyframe at the latest after the longest interval; one that comes this near to it was due.
    private const double DueShare = 0.95;
    private static readonly TimeSpan CoarseStep = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CloseStep = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The changes between two times, ascending, from the pictures that need no others: costs a hundredth of decoding everything. A keyframe
    /// out of turn stands where the encoder saw a cut; at one that was due anyway the change may lie anywhere since the one before.
    /// </summary>
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
    ) => await CompareAsync(input, facts, DecodeSkip.NonIntra, CoarseStep, from, to, cancellationToken).ToListAsync(cancellationToken);

    /// <summary>The changes between two times, ascending, to a tenth of a second. Decodes the whole range: for ranges of seconds.</summary>
    /// <param name="input">The video.</param>
    /// <param name="facts">Its facts.</param>
    /// <param name="from">From here, counted from the first picture.</param>
    /// <param name="to">To here.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<PictureChange>> ScanCloselyAsync(
        MediaInput input,
        VideoFacts facts,
        TimeSpan from,
        TimeSpan to,
        CancellationToken cancellationToken
    )
    {
        var skip = facts is { HasBFrames: true, HasPictureTimes: true } ? DecodeSkip.NonReference : DecodeSkip.Nothing;
        return await CompareAsync(input, facts, skip, CloseStep, from, to, cancellationToken).ToListAsync(cancellationToken);
    }

    private async IAsyncEnumerable<PictureChange> CompareAsync(
        MediaInput input,
        VideoFacts facts,
        DecodeSkip skip,
        TimeSpan step,
        TimeSpan from,
        TimeSpan to,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // Begins a keyframe earlier: the first picture inside is compared with what was on screen before.
        var before = from > facts.LongestKeyframeInterval ? from - facts.LongestKeyframeInterval : TimeSpan.Zero;
        var run = new DecodeRun(skip, [skip == DecodeSkip.NonIntra ? before : from], TimeSpan.Zero, TimeSpan.Zero, Threads: 1)
        {
            Every = step,
            End = to,
            SeekMargin = DecodePlan.Margin(facts),
        };
        var request = new FrameRequest(
            input,
            facts,
            run,
            PictureFilter: null,
            $"scale={FrameSignature.Side}:{FrameSignature.Side}:flags=area"
        );
        using var place = await gate.EnterAsync(cancellationToken);
        FrameSignature? last = null;
        var lastTime = TimeSpan.Zero;
        await foreach (var frame in decoder.DecodeAsync(request, "none", complain: null, cancellationToken))
        {
            if (frame.Time > to)
            {
                yield break;
            }

            var signature = new FrameSignature(frame.Grey);
            var magnitude = last?.DifferenceTo(signature) ?? 0;
            last = signature;
            if (frame.Time >= from && magnitude >= Threshold)
            {
                var wasDue = skip == DecodeSkip.NonIntra && frame.Time - lastTime >= facts.LongestKeyframeInterval * DueShare;
                yield return new PictureChange(frame.Time, magnitude) { After = wasDue ? lastTime : null };
            }

            lastTime = frame.Time;
        }
    }
}
