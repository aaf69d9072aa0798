using System.Runtime.CompilerServices;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Ffmpeg;
using HavenVlm.Core.Media.Frames;
using HavenVlm.Core.Media.Sources;

namespace HavenVlm.Core.Media.Framing;

/// <summary>
/// Finds where the picture of a video changes. Pictures that need no others are cheap to decode, and encoders put one at nearly every cut.
/// </summary>
internal sealed class ChangeDetector(FrameDecoder decoder, DecoderGate gate)
{
    // Below this two pictures differ by movement and noise; somebody who comes in changes a tenth.
    private const double Threshold = 0.08;

    // Encoders put a keyframe at the latest after the longest interval; one that comes this near to it was due.
    private const double DueShare = 0.95;

    // Many cuts would have all of the video decoded.
    private const double MaxDecodedShare = 0.25;

    // Closer than this a look beside the keyframe finds out as much.
    private static readonly TimeSpan NearEnough = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CoarseStep = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CloseStep = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The changes between two times, ascending. The pictures that need no others tell of nearly all, for a hundredth of what decoding
    /// everything costs: a keyframe out of turn stands where the encoder saw a cut. At one that was due anyway the change may lie anywhere
    /// since the one before. Encoders also pass over a cut that comes soon after a keyframe. So where the whole picture is another one, the
    /// stretch since the keyframe before is decoded to find the cuts in it.
    /// </summary>
    /// <param name="input">The video.</param>
    /// <param name="facts">Its facts.</param>
    /// <param name="from">From here, counted from the first picture; a cut shortly before that shows only later is among them.</param>
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
        if (facts.Parts.Count > 0)
        {
            return await ScanPartsAsync(input, facts, from, to, cancellationToken);
        }

        var steps = await CompareAsync(input, facts, DecodeSkip.NonIntra, CoarseStep, from, to, cancellationToken)
            .ToListAsync(cancellationToken);
        var changes = steps.ConvertAll(step => step.Change);
        foreach (var step in WorthDecoding(steps, (to - from) * MaxDecodedShare))
        {
            var cuts = await CutsWithinAsync(input, facts, step, cancellationToken);
            if (step.Change.After is null)
            {
                changes.AddRange(cuts.Where(cut => cut.Time < step.Change.Time - CloseStep));
            }
            else if (cuts.Count > 0)
            {
                _ = changes.Remove(step.Change);
                changes.AddRange(cuts);
            }
        }

        return [.. changes.OrderBy(change => change.Time)];
    }

    private async Task<IReadOnlyList<PictureChange>> ScanPartsAsync(
        MediaInput input,
        VideoFacts facts,
        TimeSpan from,
        TimeSpan to,
        CancellationToken cancellationToken
    )
    {
        var changes = new List<PictureChange>();
        foreach (var part in facts.Parts.Where(part => part.From < to && part.From + part.Facts.Duration > from))
        {
            var (own, ownFacts, begin) = VideoParts.Of(input, part);
            var first = from > begin ? from - begin : TimeSpan.Zero;
            var last = to - begin < ownFacts.Duration ? to - begin : ownFacts.Duration;
            var found = await ScanAsync(own, ownFacts, first, last, cancellationToken);
            changes.AddRange(found.Select(change => change with { Time = change.Time + begin, After = change.After + begin }));
        }

        return changes;
    }

    /// <summary>Cuts whose time is not known first, then the surest, as far as the time that may be decoded for them reaches.</summary>
    private static List<Step> WorthDecoding(IEnumerable<Step> steps, TimeSpan most)
    {
        var worth = new List<Step>();
        foreach (
            var step in steps
                .Where(step => step.Change.IsWhole && step.Length > NearEnough)
                .OrderByDescending(step => step.Change.After is not null)
                .ThenByDescending(step => step.Change.Magnitude)
        )
        {
            // However short the range is, one look is made.
            if (worth.Count == 0 || step.Length <= most)
            {
                worth.Add(step);
                most -= step.Length;
            }
        }

        return worth;
    }

    /// <summary>Decodes all of a stretch. Nothing is found where the picture changes gradually.</summary>
    private async Task<IReadOnlyList<PictureChange>> CutsWithinAsync(
        MediaInput input,
        VideoFacts facts,
        Step stretch,
        CancellationToken cancellationToken
    )
    {
        var skip = facts is { HasBFrames: true, HasPictureTimes: true } ? DecodeSkip.NonReference : DecodeSkip.Nothing;
        return await CompareAsync(input, facts, skip, CloseStep, stretch.Before, stretch.Change.Time, cancellationToken)
            .Select(step => step.Change)
            .Where(change => change.IsWhole)
            .ToListAsync(cancellationToken);
    }

    private async IAsyncEnumerable<Step> CompareAsync(
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

            var signature = new FrameSignature(frame.Small);
            var magnitude = last?.DifferenceTo(signature) ?? 0;
            last = signature;
            if (frame.Time >= from && magnitude >= Threshold)
            {
                var wasDue = skip == DecodeSkip.NonIntra && frame.Time - lastTime >= facts.LongestKeyframeInterval * DueShare;
                yield return new Step(new PictureChange(frame.Time, magnitude) { After = wasDue ? lastTime : null }, lastTime);
            }

            lastTime = frame.Time;
        }
    }

    /// <summary>A change from one picture that was compared to the next.</summary>
    /// <param name="Change">The change.</param>
    /// <param name="Before">When the picture before it is shown.</param>
    private sealed record Step(PictureChange Change, TimeSpan Before)
    {
        public TimeSpan Length => Change.Time - Before;
    }
}
