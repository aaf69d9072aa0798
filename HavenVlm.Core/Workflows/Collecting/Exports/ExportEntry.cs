using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Workflows.Collecting.Exports;

/// <summary>One line of <c>manifest.jsonl</c>: a marker or an image and everything that is known about it. Times are seconds.</summary>
internal sealed record ExportEntry
{
    /// <summary><c>marker</c> or <c>image</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>incorrect</c>, or <c>right</c> where those were wanted too.</summary>
    public required string Verdict { get; init; }

    /// <summary>The scene of a marker.</summary>
    public ExportedMedia? Scene { get; init; }

    public ExportedMarker? Marker { get; init; }

    public ExportedMedia? Image { get; init; }

    /// <summary>Tags that the image carries in Stash.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Those of them that Haven VLM put on.</summary>
    public IReadOnlyList<string>? OurTags { get; init; }

    /// <summary>The model that was configured; null = never analyzed.</summary>
    public string? Model { get; init; }

    /// <summary>Hash of template, selection and picture settings, as the log has it.</summary>
    public string? PromptHash { get; init; }

    /// <summary>Mean confidence of the tag over the marker; null = nothing is logged about it.</summary>
    public double? Confidence { get; init; }

    /// <summary>What the log holds about the time of the marker, or about the image.</summary>
    public IReadOnlyList<ExportedAnswer> Answers { get; init; } = [];

    public IReadOnlyList<ExportedPicture> Pictures { get; init; } = [];

    /// <summary>Why pictures are missing; then it stays marked in Stash. Null = none is missing.</summary>
    public string? Reason { get; init; }
}

/// <summary>A scene or an image, and its file as Stash knows it.</summary>
internal sealed record ExportedMedia(string Id, string Title, string? Path, long? Size, double? Duration, string? Fingerprint);

/// <summary>A marker.</summary>
/// <param name="Id">Its id in Stash.</param>
/// <param name="Tag">Its primary tag.</param>
/// <param name="AskedFor">The names under which the model was asked for it; empty = it was not.</param>
/// <param name="Title">Its title.</param>
/// <param name="Start">Beginning in the player's time.</param>
/// <param name="End">End in the player's time; null where it has none.</param>
/// <param name="Tags">Its additional tags.</param>
/// <param name="Ours">Whether Haven VLM wrote it and nobody changed it.</param>
internal sealed record ExportedMarker(
    string Id,
    string Tag,
    IReadOnlyList<string> AskedFor,
    string Title,
    double Start,
    double? End,
    IReadOnlyList<string> Tags,
    bool Ours
);

/// <summary>One answer of the log.</summary>
internal sealed record ExportedAnswer
{
    /// <summary>The frame's own time from the first picture; of images zero.</summary>
    public required TimeSpan T { get; init; }

    /// <summary>Confidence of each tag that the model saw; null = unanswered.</summary>
    public IReadOnlyDictionary<string, double>? Tags { get; init; }

    /// <summary>The tags that the model was asked for.</summary>
    public IReadOnlyList<string> Asked { get; init; } = [];

    /// <summary>The model that answered, as its endpoint names it.</summary>
    public string Model { get; init; } = "";

    public string Endpoint { get; init; } = "";

    /// <summary>What the confidences are: reported, logprobs or fixed.</summary>
    public string ConfidenceKind { get; init; } = "";

    /// <summary>Why it stayed unanswered.</summary>
    public string? Reason { get; init; }

    /// <summary>The answer in a line of the log.</summary>
    public static ExportedAnswer Of(FrameRecord record) =>
        new()
        {
            T = record.Time,
            Tags = record.Answer.Tags,
            Asked = [.. record.Vocabulary.Hashes.Keys.Order(StringComparer.Ordinal)],
            Model = record.Answer.Model,
            Endpoint = record.Answer.Endpoint,
            ConfidenceKind = KeyPath.Camel(record.Answer.Kind.ToString()),
            Reason = record.Answer.Reason,
        };
}

/// <summary>A picture of an entry.</summary>
/// <param name="Place"><c>start</c>, <c>middle</c>, <c>end</c> or <c>image</c>.</param>
/// <param name="File">Its file, relative to the export's folder, with forward slashes.</param>
/// <param name="T">The time asked for, from the first picture.</param>
/// <param name="Answer">The answer of the log about this very picture; null = there is none.</param>
internal sealed record ExportedPicture(string Place, string File, TimeSpan T, ExportedAnswer? Answer);

/// <summary>One line of <c>finetune.jsonl</c>: a picture, the question as it is asked for one picture, what was answered and what is right.</summary>
internal sealed record FineTuneExample
{
    /// <summary>The picture's file, relative to the export's folder.</summary>
    public required string Image { get; init; }

    /// <summary>The instructions.</summary>
    public required string Prompt { get; init; }

    /// <summary>The tags that the model could choose from.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The answer that was wrong; null = it was right.</summary>
    public IReadOnlyList<string>? Wrong { get; init; }

    /// <summary>The right answer.</summary>
    public required IReadOnlyList<string> Corrected { get; init; }
}
