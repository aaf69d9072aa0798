using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Analysis;

/// <summary>A tag that a scene is analyzed for.</summary>
/// <param name="Name">The name that the model is asked for.</param>
/// <param name="DescriptionHash">Hash of its description, see <see cref="ContentHash.OfDescription"/>.</param>
/// <param name="Threshold">Lowest confidence that counts; adaptive sampling looks closer where a tag crosses it.</param>
internal sealed record WantedTag(string Name, string DescriptionHash, double Threshold)
{
    /// <summary>Other names that the model uses for it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The tags of a question with the thresholds of the settings.</summary>
    public static IReadOnlyList<WantedTag> Of(IEnumerable<VlmTag> tags, HavenOptions options) =>
        [
            .. tags.Select(tag => new WantedTag(
                tag.Name,
                ContentHash.OfDescription(tag.Description),
                options.Tags.GetValueOrDefault(tag.Name)?.Threshold ?? options.Video.Threshold
            )
            {
                Aliases = tag.Aliases,
            }),
        ];

    /// <summary>The vocabulary of a request for some of these tags.</summary>
    public static Vocabulary VocabularyOf(IEnumerable<WantedTag> tags) =>
        new(tags.Select(tag => KeyValuePair.Create(tag.Name, tag.DescriptionHash)));
}

/// <summary>A time at which a frame must be analyzed.</summary>
/// <param name="Time">The planned time.</param>
/// <param name="Tags">The tags to ask for there, in the configuration's order.</param>
internal sealed record WantedFrame(TimeSpan Time, IReadOnlyList<string> Tags);
