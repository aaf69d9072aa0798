using System.Runtime.CompilerServices;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Media.Frames;

/// <summary>Takes the frames of one run, and where the run has none, looks closer.</summary>
internal sealed class FrameRunner(FrameDecoder decoder, MissedFrames missedFrames)
{
    /// <summary>One frame for each of the run's times, in their order.</summary>
    /// <param name="request">The run and what is made of its pictures.</param>
    /// <param name="hwaccel"><c>video.hwaccel</c>.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<VideoFrame> RunAsync(
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
