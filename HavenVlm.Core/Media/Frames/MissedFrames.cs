using System.Runtime.CompilerServices;
using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Media.Probing;

namespace HavenVlm.Core.Media.Frames;

/// <summary>
/// Looks closer where a run had no picture for a planned time: the picture may stay on screen for long, may have been left out by the cheap way,
/// or cannot be decoded.
/// </summary>
internal sealed class MissedFrames(FrameDecoder decoder, PacketScanner scanner)
{
    // After so many failures in a row the rest of a hole is taken to be broken as well.
    private const int MaxFailedDecodes = 3;
    private static readonly TimeSpan Lookback = TimeSpan.FromSeconds(15);

    // Two times this close are the same picture's: containers round to milliseconds.
    private static readonly TimeSpan HalfStep = TimeSpan.FromMilliseconds(5);

    /// <summary>One frame for every missed time, in the same order.</summary>
    /// <param name="request">The request whose run missed them.</param>
    /// <param name="hwaccel"><c>video.hwaccel</c>.</param>
    /// <param name="missed">The missed times, ascending.</param>
    /// <param name="before">The picture delivered before them; null = none.</param>
    /// <param name="complaint">What ffmpeg complained of.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<VideoFrame> FindAsync(
        FrameRequest request,
        string hwaccel,
        IReadOnlyList<TimeSpan> missed,
        DecodedFrame? before,
        string complaint,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (missed.Count == 0)
        {
            yield break;
        }

        var stored = await StoredAsync(request, missed, cancellationToken);
        var shown = before;
        var failures = 0;
        foreach (var planned in missed)
        {
            var late = request.Run.Late;
            if (Nearest(stored, planned, late) is not { } wanted)
            {
                yield return Missing(planned, complaint);
                continue;
            }

            if (shown is null || (shown.Time - wanted).Duration() > HalfStep)
            {
                var room = planned + late - wanted;
                shown =
                    failures < MaxFailedDecodes
                        ? await DecodeAsync(
                            request,
                            hwaccel,
                            wanted,
                            room > HalfStep ? room : HalfStep,
                            text => complaint = text,
                            cancellationToken
                        )
                        : null;
            }

            failures = shown is null ? failures + 1 : 0;
            yield return shown is null ? Missing(planned, complaint) : Deliver(planned, shown, late);
        }
    }

    /// <summary>
    /// A frame for a planned time. A picture that stays on screen counts at each moment that it is on screen, so its time is then the planned one.
    /// </summary>
    public static VideoFrame Deliver(TimeSpan planned, DecodedFrame frame, TimeSpan tolerance) =>
        new()
        {
            Planned = planned,
            Time = planned - frame.Time > tolerance ? planned : frame.Time,
            Jpeg = frame.Jpeg,
            Signature = new FrameSignature(frame.Small),
            Whole = frame.Whole,
        };

    /// <summary>A planned time without a picture.</summary>
    public static VideoFrame Missing(TimeSpan planned, string complaint) =>
        new()
        {
            Planned = planned,
            Time = planned,
            Jpeg = ReadOnlyMemory<byte>.Empty,
            Reason = complaint.Length > 0 ? $"No picture can be decoded here: {complaint}" : "No picture can be decoded here.",
        };

    private async Task<DecodedFrame?> DecodeAsync(
        FrameRequest request,
        string hwaccel,
        TimeSpan time,
        TimeSpan late,
        Action<string> complain,
        CancellationToken cancellationToken
    )
    {
        var exact = DecodePlan.Exact(request.Facts, time, late) with { Early = HalfStep };
        foreach (var margin in new[] { exact.SeekMargin, exact.SeekMargin + Lookback })
        {
            var run = exact with { SeekMargin = margin };
            await foreach (var frame in decoder.DecodeAsync(request with { Run = run }, hwaccel, complain, cancellationToken))
            {
                if (frame.Time <= time + late)
                {
                    return frame;
                }

                break;
            }
        }

        return null;
    }

    private async Task<List<TimeSpan>> StoredAsync(
        FrameRequest request,
        IReadOnlyList<TimeSpan> missed,
        CancellationToken cancellationToken
    )
    {
        var (input, facts, begin) = VideoParts.At(request.Input, request.Facts, missed[0]);
        var origin = facts.ContainerStart + facts.StartOffset - begin;
        var earliest = origin + begin;
        var from = origin + missed[0] - request.Run.Late - request.Run.SeekMargin;
        var to = origin + missed[^1] + request.Run.Late;
        var stored = new List<TimeSpan>();
        await foreach (
            var packet in scanner.ScanAsync(
                new PacketSource(input, facts.Container, facts.Stream, facts.FrameRate),
                from > earliest ? from : null,
                length: null,
                cancellationToken
            )
        )
        {
            if (!packet.IsShown)
            {
                continue;
            }

            stored.Add(packet.Time - origin);
            // Pictures are stored up to a few places away from where they are shown.
            if (packet.Time > to + TimeSpan.FromSeconds(1))
            {
                break;
            }
        }

        stored.Sort();
        return stored;
    }

    // What is on screen at that time if it came not long before, else what comes soon after, else what has been on screen for long.
    private static TimeSpan? Nearest(List<TimeSpan> stored, TimeSpan planned, TimeSpan late)
    {
        var index = stored.BinarySearch(planned);
        var after = index >= 0 ? index : ~index;
        TimeSpan? shown =
            index >= 0 ? stored[index]
            : after > 0 ? stored[after - 1]
            : null;
        TimeSpan? next = after < stored.Count ? stored[after] : null;
        return shown is { } recent && planned - recent <= late ? recent
            : next is { } soon && soon - planned <= late ? soon
            : shown ?? next;
    }
}
