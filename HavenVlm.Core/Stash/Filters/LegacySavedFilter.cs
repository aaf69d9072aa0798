using System.Text.Json;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Filters;

/// <summary>Reads saved filters of servers that keep them as the text of their page's address, with older names of criteria.</summary>
internal static class LegacySavedFilter
{
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["sceneIsMissing"] = "is_missing",
        ["hasMarkers"] = "has_markers",
        ["phash"] = "phash_distance",
        ["scene_code"] = "code",
        ["sceneChecksum"] = "checksum",
        ["performerTags"] = "performer_tags",
        ["sceneTags"] = "scene_tags",
        ["stash_id"] = "stash_id_endpoint",
        ["duplicated_phash"] = "duplicated",
    };

    /// <summary>Search text and criteria.</summary>
    /// <exception cref="StashException">It cannot be read.</exception>
    public static (string Search, Dictionary<string, JsonElement> Criteria) Read(string name, string encoded)
    {
        try
        {
            using var document = JsonDocument.Parse(encoded);
            var root = document.RootElement;
            var criteria = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            if (root.TryGetProperty("c", out var list) && list.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in list.EnumerateArray())
                {
                    using var criterion = JsonDocument.Parse(item.GetString()!);
                    var type = criterion.RootElement.GetProperty("type").GetString()!;
                    criteria[Renamed.GetValueOrDefault(type, type)] = criterion.RootElement.Clone();
                }
            }

            var search = root.TryGetProperty("q", out var q) && q.ValueKind == JsonValueKind.String ? q.GetString()! : "";
            return (search, criteria);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentNullException)
        {
            throw new StashException(
                StashErrorKind.NeedsUser,
                $"The saved filter '{StashText.Clean(name)}' cannot be read: save it in Stash again.",
                e
            );
        }
    }
}
