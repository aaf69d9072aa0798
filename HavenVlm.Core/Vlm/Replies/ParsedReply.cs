using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>What a reply has to be read for.</summary>
/// <param name="Tags">The question's tags.</param>
/// <param name="Pictures">Pictures in the request, 1 or more.</param>
internal sealed record ReplyExpectation(TagNames Tags, int Pictures)
{
    /// <summary>How many tags a picture may have.</summary>
    public TagSelection Selection { get; init; }

    /// <summary>Where a confidence comes from.</summary>
    public ConfidenceKind Confidence { get; init; }

    /// <summary>Confidence of a tag that is named without one.</summary>
    public double FixedConfidence { get; init; } = 0.99;

    /// <summary>Tokens that the reply was allowed; null = not known.</summary>
    public int? MaxTokens { get; init; }
}

/// <summary>What a reply says about one picture.</summary>
/// <param name="Tags">Confidence of each tag; empty = no tag applies.</param>
/// <param name="Kind">What the confidences are.</param>
/// <param name="UnknownTags">How many names nobody asked for.</param>
/// <param name="UnknownNames">The first of them with their confidences.</param>
internal sealed record PictureReading(
    IReadOnlyDictionary<string, double> Tags,
    ConfidenceKind Kind,
    int UnknownTags,
    IReadOnlyDictionary<string, double> UnknownNames
);

/// <summary>What could be read out of a reply.</summary>
internal sealed record ParsedReply
{
    /// <summary>One for each picture; null = the reply leaves it out.</summary>
    public IReadOnlyList<PictureReading?> Pictures { get; init; } = [];

    /// <summary>Whether it took more than reading the JSON that was asked for.</summary>
    public bool Repaired { get; init; }

    /// <summary>Why nothing could be read; null when something could.</summary>
    public FailureKind? Failure { get; init; }

    /// <summary><see cref="Failure"/> in words.</summary>
    public string Reason { get; init; } = "";
}
