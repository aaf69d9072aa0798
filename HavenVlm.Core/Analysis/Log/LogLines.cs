using HavenVlm.Core.Common;
using HavenVlm.Core.Media.Contracts;

namespace HavenVlm.Core.Analysis.Log;

/// <summary>The lines of a log as they are written. The first property of each says what it is; times are seconds.</summary>
internal static class LogLines
{
    /// <summary>
    /// Raised when an older program could misread a line, or take one for damaged and pay for its answer again: a new
    /// <see cref="ConfidenceKind"/> is such a change. A log that an older program began gets a second header before the first new line.
    /// </summary>
    public const int Version = 1;
}

/// <summary>First line: what the log is about.</summary>
internal sealed record HeaderLine(int Log, string Fingerprint, string Model, string Question, int Generation, DateTimeOffset Created);

/// <summary>Defines a vocabulary. Its id is a hash of its content, so that several writers cannot mean different things by one id.</summary>
internal sealed record VocabularyLine(string Vocabulary, IReadOnlyDictionary<string, string> Tags);

/// <summary>One look at one frame.</summary>
internal sealed record FrameLine
{
    /// <summary>Planned time.</summary>
    public required TimeSpan T { get; init; }

    /// <summary>The frame's own time.</summary>
    public required TimeSpan At { get; init; }

    /// <summary>Id of the vocabulary.</summary>
    public required string V { get; init; }

    public IReadOnlyDictionary<string, double>? Tags { get; init; }

    /// <summary>Why there was no answer; exactly one of this and <see cref="Tags"/> is there.</summary>
    public string? Unanswered { get; init; }

    /// <summary>True when the model or a moderation refused the picture.</summary>
    public bool? Refused { get; init; }

    public ConfidenceKind? Kind { get; init; }

    public string? Model { get; init; }

    public string? Endpoint { get; init; }

    public int? Ms { get; init; }

    public bool? Repaired { get; init; }

    public int? Unknown { get; init; }

    /// <summary>The first names that nobody asked for, with their confidences.</summary>
    public IReadOnlyDictionary<string, double>? Names { get; init; }

    public double? Requests { get; init; }

    /// <summary>Tokens of these requests: of the prompt, of these those from the cache, of the reply; null = the server does not say.</summary>
    public double? In { get; init; }

    public double? Cached { get; init; }

    public double? Out { get; init; }

    /// <summary>Time of the frame whose answer this is.</summary>
    public TimeSpan? Reused { get; init; }

    public string? Run { get; init; }

    /// <summary>Fingerprint of the image, in logs that many images share.</summary>
    public string? Of { get; init; }
}

/// <summary>Picture changes found in a stretch that was looked through completely.</summary>
internal sealed record ChangesLine(TimeSpan From, TimeSpan To, IReadOnlyList<PictureChange> Changes);

/// <summary>Times at which a moving image is sampled; decided once, so that its answers keep their places.</summary>
internal sealed record LooksLine(string Looks, IReadOnlyList<TimeSpan> Times);

/// <summary>What was answered about an image up to here no longer counts. The token tells a repeated request from a further one.</summary>
internal sealed record ForgetLine(string Forget, string Token);
