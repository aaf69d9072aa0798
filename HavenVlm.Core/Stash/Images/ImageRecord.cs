using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Stash.Publishing;

namespace HavenVlm.Core.Stash.Images;

/// <summary>What Haven VLM wrote to one image, and from which answers: the ground for never touching anything else.</summary>
internal sealed record ImageRecord
{
    /// <summary>Tags of ours, tags that the user took off, and what was about to be written.</summary>
    public PublicationRecord Publication { get; init; } = new();

    /// <summary>Ids of the state tags that we put on; what was there before is the user's.</summary>
    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>Where the answers behind this are; null = nothing was written from answers.</summary>
    public ImageAnswerPlace? Answers { get; init; }

    /// <summary>Id of the run that last wrote: a repeated step sees that it has written already.</summary>
    public string Run { get; init; } = "";

    /// <summary>Whether it says nothing that would be missed.</summary>
    public bool IsEmpty =>
        Publication.Tags.Count == 0 && Publication is { DeletedTags.Count: 0, Recent: null } && States.Count == 0 && Answers is null;
}

/// <summary>Where the answers about an image are.</summary>
/// <param name="Key">The log, which other images share.</param>
/// <param name="Fingerprint">What the image is called in it.</param>
internal sealed record ImageAnswerPlace(AnalysisKey Key, string Fingerprint);

/// <summary>The records of images with neighboring ids: one artifact, so that a chunk of images is saved with few writes.</summary>
internal sealed record ImageRecordShard
{
    /// <summary>The layout that this program writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Layout of the file.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Records by image id.</summary>
    public SortedDictionary<string, ImageRecord> Images { get; init; } = new(StringComparer.Ordinal);
}
