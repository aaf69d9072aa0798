using HavenVlm.Core.Stash.Client;
using HavenVlm.Core.Stash.Publishing;

namespace HavenVlm.Core.Stash.Images;

/// <summary>What is to become of an image in Stash.</summary>
internal sealed record ImageVerdict
{
    private ImageVerdict() { }

    /// <summary>Names of the tags that it should have, as Stash sees them; null = its tags stay as they are.</summary>
    public IReadOnlyList<string>? Tags { get; private init; }

    /// <summary>Why it failed; null = it did not.</summary>
    public string? Failure { get; private init; }

    /// <summary>Where the answers behind the tags are.</summary>
    public ImageAnswerPlace? Answers { get; private init; }

    /// <summary>Only the request is taken back.</summary>
    public static ImageVerdict Released { get; } = new();

    /// <summary>It was analyzed and should have these tags.</summary>
    public static ImageVerdict Analyzed(IReadOnlyList<string> tags, ImageAnswerPlace answers) => new() { Tags = tags, Answers = answers };

    /// <summary>It could not be analyzed.</summary>
    public static ImageVerdict Failed(string reason) => new() { Failure = reason };
}

/// <summary>Says what is to become of an image as it is now; null = it is left alone.</summary>
internal delegate Task<ImageVerdict?> ImageJudge(
    StashImage image,
    ImageRecord record,
    StashTagFamily tags,
    CancellationToken cancellationToken
);

/// <summary>Some images that are written to together.</summary>
internal sealed record ImagePublication
{
    /// <summary>Their ids.</summary>
    public required IReadOnlyList<string> ImageIds { get; init; }

    /// <summary>Says what is to become of an image as it is now; null = it is left alone.</summary>
    public required ImageJudge Judge { get; init; }

    /// <summary>Id of the run.</summary>
    public string Run { get; init; } = "";

    /// <summary>Writes again what the user took off.</summary>
    public bool Reset { get; init; }

    /// <summary>Finds out what would be written and writes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Asked once before the first write; false = the work was called off.</summary>
    public Func<CancellationToken, Task<bool>>? StillWanted { get; init; }
}

/// <summary>How publishing one image ended.</summary>
internal enum ImageOutcome
{
    /// <summary>It has what it should have.</summary>
    Published,

    /// <summary>It was marked as failed.</summary>
    Failed,

    /// <summary>It was left alone.</summary>
    Skipped,

    /// <summary>There is no such image (any more).</summary>
    Gone,
}

/// <summary>What publishing did to one image.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Failure">Why it failed.</param>
/// <param name="Changes">What was (or with a dry run would be) written.</param>
/// <param name="Skipped">Tags that were wanted and left out.</param>
internal sealed record PublishedImage(
    string ImageId,
    ImageOutcome Outcome,
    string? Failure,
    IReadOnlyList<PublicationChange> Changes,
    int Skipped
);

/// <summary>What publishing some images did.</summary>
/// <param name="CalledOff">Nothing was written because the work was called off.</param>
/// <param name="Images">The images, in the order asked for.</param>
internal sealed record ImagePublicationResult(bool CalledOff, IReadOnlyList<PublishedImage> Images);
