using HavenVlm.Core.Media.Contracts;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Analysis;

/// <summary>Frames that go into one request: the same tags are lacking at all of them.</summary>
internal sealed class PictureBatch(IReadOnlyList<string> tags)
{
    private readonly List<VideoFrame> _frames = [];
    private readonly List<TaskCompletionSource<PictureAnswer?>> _answers = [];

    public IReadOnlyList<string> Tags => tags;

    public int Count => _frames.Count;

    public IReadOnlyList<VideoFrame> Frames => _frames;

    public IReadOnlyList<VlmPicture> Pictures => [.. _frames.Select(f => new VlmPicture(f.Time, f.Jpeg))];

    public bool Fits(IReadOnlyList<string> others) => tags.SequenceEqual(others, StringComparer.Ordinal);

    /// <summary>Adds a frame; the task gives its answer, null when the batch was never answered.</summary>
    public Task<PictureAnswer?> Add(VideoFrame frame)
    {
        var answer = new TaskCompletionSource<PictureAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _frames.Add(frame);
        _answers.Add(answer);
        return answer.Task;
    }

    public void Resolve(int index, PictureAnswer answer) => _answers[index].TrySetResult(answer);

    /// <summary>Says of every frame that has no answer that none will come.</summary>
    public void Abandon()
    {
        foreach (var answer in _answers)
        {
            answer.TrySetResult(null);
        }
    }
}

/// <summary>A frame whose answer also serves the frames after it that look the same.</summary>
/// <param name="Signature">What it looks like.</param>
/// <param name="Tags">The tags asked for.</param>
/// <param name="Time">Its time.</param>
/// <param name="Answer">Its answer, perhaps still to come; null = none.</param>
internal sealed record StillAnchor(FrameSignature Signature, IReadOnlyList<string> Tags, TimeSpan Time, Task<PictureAnswer?> Answer)
{
    /// <summary>Compared with the anchor, not with the last frame: a picture that drifts slowly ends the stretch.</summary>
    public bool Serves(VideoFrame frame, IReadOnlyList<string> tags) =>
        frame.Signature is { } signature && Tags.SequenceEqual(tags, StringComparer.Ordinal) && Signature.LooksSameAs(signature);
}
