using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Filters;

/// <summary>
/// Turns the criteria of a saved filter, which are in the form of Stash's pages, into the arguments that its API takes. What a criterion
/// becomes follows from the type of the API's field, so criteria that are added later work if their type is known.
/// </summary>
internal static class SavedFilterTranslation
{
    private static readonly Dictionary<string, string> Resolutions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["144p"] = "VERY_LOW",
        ["240p"] = "LOW",
        ["360p"] = "R360P",
        ["480p"] = "STANDARD",
        ["540p"] = "WEB_HD",
        ["720p"] = "STANDARD_HD",
        ["1080p"] = "FULL_HD",
        ["1440p"] = "QUAD_HD",
        ["1920p"] = "VR_HD",
        ["4k"] = "FOUR_K",
        ["5k"] = "FIVE_K",
        ["6k"] = "SIX_K",
        ["7k"] = "SEVEN_K",
        ["8k"] = "EIGHT_K",
        ["8k+"] = "HUGE",
        ["Huge"] = "HUGE",
    };

    private static readonly Dictionary<string, string> Languages = new(StringComparer.Ordinal)
    {
        ["Deutsche"] = "de",
        ["English"] = "en",
        ["Español"] = "es",
        ["Français"] = "fr",
        ["Italiano"] = "it",
        ["日本"] = "ja",
        ["한국인"] = "ko",
        ["Holandés"] = "nl",
        ["Português"] = "pt",
        ["Русский"] = "ru",
        ["Unknown"] = "00",
    };

    /// <summary>The scene filter.</summary>
    /// <param name="filter">Name of the saved filter, for messages.</param>
    /// <param name="criteria">Its criteria by name.</param>
    /// <param name="inputs">Type of each field of the API's scene filter.</param>
    /// <exception cref="StashException">A criterion is unknown: leaving it out would take in scenes that the user does not mean.</exception>
    public static JsonObject Translate(
        string filter,
        IReadOnlyDictionary<string, JsonElement> criteria,
        IReadOnlyDictionary<string, string> inputs
    )
    {
        var result = new JsonObject();
        foreach (var (name, criterion) in criteria)
        {
            // Saved before movies became groups.
            var field = name is "movies" && inputs.ContainsKey("groups") ? "groups" : name;
            if (!inputs.TryGetValue(field, out var type))
            {
                throw Unusable(filter, name);
            }

            try
            {
                result[field] = Criterion(field, type, new SavedCriterion(criterion)) ?? throw Unusable(filter, name);
            }
            catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException)
            {
                throw Unusable(filter, name, e);
            }
        }

        return result;
    }

    private static JsonNode? Criterion(string field, string type, SavedCriterion saved) =>
        type switch
        {
            "Boolean" => saved.IsTrue,
            "String" => saved.Text,
            "StringCriterionInput" when field is "captions" => saved.With("value", Languages.GetValueOrDefault(saved.Text, saved.Text)),
            "StringCriterionInput" => saved.With("value", saved.Text),
            "IntCriterionInput" or "FloatCriterionInput" => saved.Range(node => node, JsonValue.Create(0)),
            "DateCriterionInput" => saved.Range(node => node, JsonValue.Create("")),
            "TimestampCriterionInput" => saved.Range(node => node.GetValue<string>().Trim().Replace(' ', 'T'), JsonValue.Create("")),
            "MultiCriterionInput" => saved.Items(hierarchical: false),
            "HierarchicalMultiCriterionInput" => saved.Items(hierarchical: true),
            "ResolutionCriterionInput" when Resolutions.TryGetValue(saved.Text, out var resolution) => saved.With("value", resolution),
            "OrientationCriterionInput" => new JsonObject
            {
                ["value"] = new JsonArray([.. saved.Texts.Select(text => JsonValue.Create(text.ToUpperInvariant()))]),
            },
            "PHashDuplicationCriterionInput" => new JsonObject { ["duplicated"] = saved.IsTrue },
            "PhashDistanceCriterionInput" => saved.Hash(),
            "StashIDCriterionInput" => saved.StashId(),
            _ => null,
        };

    private static StashException Unusable(string filter, string criterion, Exception? innerException = null) =>
        new(
            StashErrorKind.NeedsUser,
            $"The saved filter '{StashText.Clean(filter)}' uses '{StashText.Clean(criterion)}', which cannot be asked for here. Save it in Stash without that, or name the scenes.",
            innerException
        );
}
