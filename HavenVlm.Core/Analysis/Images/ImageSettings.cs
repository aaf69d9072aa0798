using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;
using HavenVlm.Core.Vlm.Prompting;

namespace HavenVlm.Core.Analysis.Images;

/// <summary>Everything that a run over images works with, frozen when it began. Holds no secrets and no addresses.</summary>
internal sealed record ImageSettings
{
    /// <summary>Id of the run.</summary>
    public required string Run { get; init; }

    /// <summary>What the model is asked.</summary>
    public required VlmQuestion Question { get; init; }

    /// <summary>The model that names the logs.</summary>
    public required string Model { get; init; }

    /// <summary>Hash of template, selection and picture settings.</summary>
    public required string QuestionHash { get; init; }

    /// <summary>Pictures in one request.</summary>
    public int FramesPerRequest { get; init; } = 1;

    /// <summary>Longest side of a picture in pixels.</summary>
    public required int MaxImageSize { get; init; }

    /// <summary>About how far apart a moving picture is sampled.</summary>
    public required TimeSpan LookInterval { get; init; }

    /// <summary>The tags looked for, with their thresholds, in the configuration's order.</summary>
    public required IReadOnlyList<WantedTag> Wanted { get; init; }

    /// <summary>What Stash sees of each of them, in the same order.</summary>
    public required IReadOnlyList<ImageTag> Tags { get; init; }

    /// <summary>Share of an image's looks that may stay unanswered.</summary>
    public double MaxUnanswered { get; init; }

    /// <summary>The settings of a configuration.</summary>
    /// <exception cref="PermanentFailureException">There is nothing to look for.</exception>
    public static ImageSettings Of(HavenOptions options, string run)
    {
        if (options.Tags.Count == 0)
        {
            throw new PermanentFailureException("No tags are configured: add some under `tags`.");
        }

        var question = SnapshotBuilder.Question(options);
        return new ImageSettings
        {
            Run = run,
            Question = question,
            Model = SnapshotBuilder.ModelName(options),
            QuestionHash = Vlm.Prompting.QuestionHash.Of(question, $"image {options.Vlm.MaxImageSize}"),
            FramesPerRequest = options.Vlm.FramesPerRequest,
            MaxImageSize = options.Vlm.MaxImageSize,
            LookInterval = options.Video.FrameInterval,
            Wanted =
            [
                .. question.Tags.Select(tag => new WantedTag(
                    tag.Name,
                    ContentHash.OfDescription(tag.Description),
                    options.Tags[tag.Name].Threshold ?? options.Images.Threshold
                )),
            ],
            Tags =
            [
                .. options.Tags.Select(tag => new ImageTag(
                    tag.Value.Rename.Length > 0 ? tag.Value.Rename : tag.Key,
                    options.Categories.GetValueOrDefault(tag.Value.Category) is { Exclusive: true } ? tag.Value.Category : null
                )),
            ],
            MaxUnanswered = options.Vlm.MaxUnanswered,
        };
    }

    /// <summary>The log that holds the answers about an image: shared by the images whose fingerprints hash alike, 4096 logs in all.</summary>
    public AnalysisKey KeyOf(string fingerprint) => new($"images{ContentHash.Of(3, fingerprint)}", Model, QuestionHash);
}

/// <summary>How a tag appears on images in Stash.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ExclusiveCategory">Name of the exclusive category that it is in; null = none.</param>
internal sealed record ImageTag(string Name, string? ExclusiveCategory);
