using System.Collections.ObjectModel;
using HavenVlm.Core.Common;

namespace HavenVlm.Core.Vlm.Contracts;

/// <summary>A tag as the model is asked for it.</summary>
/// <param name="Name">Exact name, an enum value of the reply's schema.</param>
/// <param name="Description">What it means; empty = the name speaks for itself.</param>
public sealed record VlmTag(string Name, string Description)
{
    /// <summary>Other names that the model may use for it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Short name of the tag at a position of a long list, from 0.</summary>
    internal static string Id(int position) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"t{position + 1}");

    /// <summary>How the model is shown it in a long list: behind its id.</summary>
    internal string NumberedLine(int position) => $"{Id(position)} = {Line}";

    /// <summary>How the model is shown it: name and description in one line.</summary>
    internal string Line =>
        string.IsNullOrWhiteSpace(Description)
            ? Name
            : $"{Name}: {string.Join(' ', Description.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}";
}

/// <summary>A picture to be judged.</summary>
/// <param name="Time">When in the video; zero for an image.</param>
/// <param name="Jpeg">The encoded picture.</param>
public sealed record VlmPicture(TimeSpan Time, ReadOnlyMemory<byte> Jpeg);

/// <summary>What a scene's pictures are asked with: part of the settings snapshot, so that an edited configuration does not mix answers.</summary>
public sealed record VlmQuestion
{
    private const int MostNames = 64;

    /// <summary>Model name for endpoints without their own.</summary>
    public required string Model { get; init; }

    /// <summary>Tags asked for, in the configuration's order.</summary>
    public required IReadOnlyList<VlmTag> Tags { get; init; }

    /// <summary>Own prompt template; empty = built in.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>How many tags a frame may have.</summary>
    public Configuration.TagSelection Selection { get; init; }

    /// <summary>Where a confidence comes from.</summary>
    public ConfidenceKind Confidence { get; init; }

    /// <summary>Confidence of a tag that is named without one.</summary>
    public double FixedConfidence { get; init; } = 0.99;

    /// <summary>
    /// Whether the model names tags by short ids. Servers build the grammar of a reply from the names in its schema: with hundreds of long ones
    /// each token takes several times as long. An own template speaks of names.
    /// </summary>
    internal bool HasIds =>
        Tags.Count > MostNames && string.IsNullOrWhiteSpace(Prompt) && !Tags.SelectMany(tag => tag.Aliases.Append(tag.Name)).Any(IsId);

    // "t5" is a tag of the user's own.
    private static bool IsId(string name) => name is ['t' or 'T', .. var digits] && digits.Length > 0 && digits.All(char.IsAsciiDigit);
}

/// <summary>What became of one picture.</summary>
public sealed record PictureAnswer
{
    /// <summary>Confidence of each tag that the model saw, 0 to 1; null = unanswered, which is never the same as empty.</summary>
    public IReadOnlyDictionary<string, double>? Tags { get; init; }

    /// <summary>What the confidences are.</summary>
    public ConfidenceKind Kind { get; init; }

    /// <summary>Model that answered, as the endpoint names it.</summary>
    public string Model { get; init; } = "";

    /// <summary>Endpoint that answered, or the last that was tried.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Time of the request that gave this.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>Whether the reply had to be repaired to be read.</summary>
    public bool Repaired { get; init; }

    /// <summary>Tags in the reply that nobody asked for.</summary>
    public int UnknownTags { get; init; }

    /// <summary>The first of their names, shortened, each with its confidence: one may be adopted as another name of a tag.</summary>
    public IReadOnlyDictionary<string, double> UnknownNames { get; init; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>Requests made for it, a share of one when a request carried several pictures.</summary>
    public double Requests { get; init; }

    /// <summary>Tokens of that request, its share; null = the server does not say.</summary>
    public TokenUsage? Tokens { get; init; }

    /// <summary>Whether it stayed unanswered because the model or a server's moderation refused the picture, wherever it was asked.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Why it stayed unanswered; null when it was answered.</summary>
    public string? Reason { get; init; }
}

/// <summary>No endpoint can take requests now: all are away, paused, out of hours or misconfigured. Not a failure of the scene.</summary>
public sealed class EndpointsUnavailableException(string message, TimeSpan retryAfter, bool needsUser) : UnavailableException(message)
{
    /// <summary>When asking again makes sense.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;

    /// <summary>Whether somebody has to fix something (key, model name) before it can go on.</summary>
    public bool NeedsUser { get; } = needsUser;
}
