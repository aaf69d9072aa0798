using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Prompting;

namespace HavenVlm.Core.Analysis.Log;

/// <summary>
/// What makes answers comparable: the video itself, the model, and everything of the question and the picture but the tags.
/// One analysis log per key.
/// </summary>
/// <param name="Fingerprint">Fingerprint of the video file as Stash or the file itself gives it.</param>
/// <param name="Model">Model name configured.</param>
/// <param name="QuestionHash">Hash of template, selection and picture settings.</param>
/// <param name="Generation">0, and one more for every <c>force</c>.</param>
public sealed record AnalysisKey(string Fingerprint, string Model, string QuestionHash, int Generation = 0);

/// <summary>One look at one frame, as the log keeps it.</summary>
public sealed record FrameRecord
{
    /// <summary>The time that was asked for, from the first picture.</summary>
    public required TimeSpan Planned { get; init; }

    /// <summary>The frame's own time.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>The tags that were asked for, each with the hash of its description.</summary>
    public required Vocabulary Vocabulary { get; init; }

    /// <summary>What the model said, or why nothing was said.</summary>
    public required PictureAnswer Answer { get; init; }

    /// <summary>The time of the frame whose answer this one reuses because it looks the same; null = it was asked.</summary>
    public TimeSpan? ReusedFrom { get; init; }

    /// <summary>The run that recorded this: unanswered times are asked again by another run only.</summary>
    public string Run { get; init; } = "";

    /// <summary>Fingerprint of the image that it is about, in a log that many images share; null in a video's log.</summary>
    public string? Of { get; init; }
}

/// <summary>The tags of a question, each with the hash of its description: an answer counts for exactly these.</summary>
public sealed class Vocabulary
{
    private readonly Dictionary<string, string> _hashes;

    /// <summary>A vocabulary of tag names and description hashes.</summary>
    public Vocabulary(IEnumerable<KeyValuePair<string, string>> hashes)
    {
        _hashes = new Dictionary<string, string>(hashes, StringComparer.Ordinal);
    }

    /// <summary>Description hash of each tag.</summary>
    public IReadOnlyDictionary<string, string> Hashes => _hashes;

    /// <summary>Whether an answer with this vocabulary speaks about the tag as it is described now.</summary>
    public bool Covers(string tag, string descriptionHash) =>
        _hashes.TryGetValue(tag, out var hash) && string.Equals(hash, descriptionHash, StringComparison.Ordinal);
}
