using System.Runtime.CompilerServices;

namespace HavenVlm.Core.Media;

/// <summary>Takes frames of a video as JPEG, the cheapest way that keeps close to the planned times.</summary>
internal sealed class FrameExtractor(FrameDecoder decoder, MissedFrames missedFrames, DecoderGate gate)
{
    // More threads than this cost memory (each holds pictures) and bring little.
    private static readonly int Threads = Math.Clamp(Environment.ProcessorCount, 1, 4);
    private static readonly TimeSpan OneTolerance = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// One frame for every planned time, in their order; one without a picture says why. Reading slowly stops the decoder, ending the
    /// enumeration ends it.
    /// </summary>
    /// <param name="input">The video.</param>
    /// <param name="facts">Its facts.</param>
    /// <param name="settings">How its pictures are cut.</param>
    /// <param name="times">Planned times from the first picture on, ascending.</param>
    /// <param name="tolerance">A frame may be this far from its planned time where that is cheaper, a quarter interval as a rule.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="MediaException">The media turned out to be unreadable.</exception>
    /// <exception cref="MediaUnavailableException">The media can not be read now.</exception>
    public async IAsyncEnumerable<VideoFrame> ExtractAsync(
        MediaInput input,
        VideoFacts facts,
        PictureSettings settings,
        IReadOnlyList<TimeSpan> times,
        TimeSpan tolerance,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var inside = times.TakeWhile(time => time <= facts.Duration + tolerance).ToList();
        await foreach (
            var frame in ExtractAsync(
                input,
                facts,
                settings,
                DecodePlan.For(facts, input.IsRemote, inside, tolerance, Threads),
                cancellationToken
            )
        )
        {
            yield return frame;
        }

        foreach (var time in times.Skip(inside.Count))
        {
            yield return MissedFrames.Missing(time, $"the pictures end at {facts.Duration.TotalSeconds:0.0} s");
        }
    }

    /// <summary>One frame for every planned time of the runs, in their order.</summary>
    internal async IAsyncEnumerable<VideoFrame> ExtractAsync(
        MediaInput input,
        VideoFacts facts,
        PictureSettings settings,
        IReadOnlyList<DecodeRun> runs,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (runs.Count == 0)
        {
            yield break;
        }

        var picture = PictureFilters.Picture(facts, settings);
        using var place = await gate.EnterAsync(cancellationToken);
        foreach (var run in runs)
        {
            await foreach (
                var frame in RunAsync(new FrameRequest(input, facts, run, picture, SignatureFilter), settings.Hwaccel, cancellationToken)
            )
            {
                yield return frame;
            }
        }
    }

    /// <summary>The picture that is on screen at a time; does not wait for the decoders of running scenes.</summary>
    /// <param name="input">The video.</param>
    /// <param name="facts">Its facts.</param>
    /// <param name="settings">How its pictures are cut.</param>
    /// <param name="time">From the first picture on.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<VideoFrame> ExtractOneAsync(
        MediaInput input,
        VideoFacts facts,
        PictureSettings settings,
        TimeSpan time,
        CancellationToken cancellationToken
    )
    {
        if (time > facts.Duration)
        {
            return MissedFrames.Missing(time, $"the pictures end at {facts.Duration.TotalSeconds:0.0} s");
        }

        var run = DecodePlan.Exact(facts, time, OneTolerance);
        var request = new FrameRequest(input, facts, run, PictureFilters.Picture(facts, settings), SignatureFilter);
        using var place = await gate.EnterForOneAsync(cancellationToken);
        await foreach (var frame in RunAsync(request, settings.Hwaccel, cancellationToken))
        {
            return frame;
        }

        return MissedFrames.Missing(time, "");
    }

    private static string SignatureFilter => $"scale={FrameSignature.Side}:{FrameSignature.Side}:flags=area";

    private async IAsyncEnumerable<VideoFrame> RunAsync(
        FrameRequest request,
        string hwaccel,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var matcher = new FrameMatcher(request.Run);
        var complaint = "";
        DecodedFrame? last = null;
        await foreach (var frame in decoder.DecodeAsync(request, hwaccel, text => complaint = text, cancellationToken))
        {
            var (missed, served) = matcher.Accept(frame.Time);
            await foreach (var found in missedFrames.FindAsync(request, hwaccel, missed, last, complaint, cancellationToken))
            {
                yield return found;
            }

            foreach (var planned in served)
            {
                yield return MissedFrames.Deliver(planned, frame, request.Run.Late);
            }

            last = frame;
            if (matcher.IsDone)
            {
                yield break;
            }
        }

        await foreach (var found in missedFrames.FindAsync(request, hwaccel, matcher.Pending, last, complaint, cancellationToken))
        {
            yield return found;
        }
    }
}
