using HavenVlm.Core.Media;

namespace HavenVlm.Core.Analysis;

/// <summary>
/// Decides for frames in the order of time which need not be asked because they look the same as the last one that was. Each is compared
/// with the frame that was really asked, never with one that reused an answer: a slow fade would otherwise drift through unnoticed.
/// For one chunk, whose frames all lack the same tags; holds one frame's signature.
/// </summary>
/// <param name="same">Whether two frames look the same.</param>
internal sealed class StillFrames(Func<FrameSignature, FrameSignature, bool> same)
{
    private VideoFrame? _asked;

    /// <summary>
    /// The frame whose answer this one may take over when it comes, or null when this one has to be asked; then the next ones are
    /// compared with it. Should that answer stay out, ask this frame itself.
    /// </summary>
    public VideoFrame? FindSame(VideoFrame frame)
    {
        if (frame.Signature is { } signature && _asked?.Signature is { } asked && same(asked, signature))
        {
            return _asked;
        }

        if (frame.Signature is not null)
        {
            _asked = frame;
        }

        return null;
    }

    /// <summary>The record of a frame that takes over an answer; it cost no request.</summary>
    public static FrameRecord Reuse(FrameRecord asked, VideoFrame frame) =>
        asked with
        {
            Planned = frame.Planned,
            Time = frame.Time,
            ReusedFrom = asked.ReusedFrom ?? asked.Time,
            Answer = asked.Answer with { Requests = 0, Elapsed = TimeSpan.Zero, UnknownTags = 0, Repaired = false },
        };
}
