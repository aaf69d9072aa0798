using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration.Binding;

namespace HavenVlm.Core.Configuration;

/// <summary>What settings must be to each other; each alone is checked where it is read.</summary>
internal static class OptionsRules
{
    private static readonly string[] OwnBodyFields = ["messages", "model", "stream", "n"];

    public static void Check(HavenOptions options, BindingReport report)
    {
        CheckEndpoints(options.Vlm, report);
        CheckTags(options, report);
        CheckAliases(options.Tags, report);
        CheckStashTags(options.StashTags, report);
        CheckPathMap(options.Stash.PathMap, report);
        CheckBody("vlm.extraBody", options.Vlm.ExtraBody, report);
    }

    private static void CheckEndpoints(VlmOptions vlm, BindingReport report)
    {
        Dictionary<string, int> names = new(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < vlm.Endpoints.Count; i++)
        {
            var path = KeyPath.Item("vlm.endpoints", i);
            var endpoint = vlm.Endpoints[i];
            if (endpoint.Name.Length > 0 && !names.TryAdd(endpoint.Name, i))
            {
                report.Add(path + ".name", $"\"{endpoint.Name}\" is the name of endpoint {names[endpoint.Name]} too (give each its own)");
            }

            CheckBody(path + ".extraBody", endpoint.ExtraBody, report);
        }
    }

    private static void CheckBody(string path, System.Text.Json.Nodes.JsonObject body, BindingReport report)
    {
        foreach (var field in OwnBodyFields.Where(body.ContainsKey))
        {
            report.Add(KeyPath.Child(path, field), "is set by Haven VLM itself (remove it)");
        }
    }

    private static void CheckTags(HavenOptions options, BindingReport report)
    {
        var family = Family(options.StashTags).ToDictionary(tag => tag.Key, tag => tag.Name, StringComparer.Ordinal);
        foreach (var (name, tag) in options.Tags)
        {
            var path = KeyPath.Child("tags", name);
            if (name.Trim().Length != name.Length || name.Length == 0)
            {
                report.Add(path, "the name is empty or has spaces around it (write it without)");
            }

            var written = tag.Rename.Length > 0 ? tag.Rename : name;
            if (family.FirstOrDefault(own => own.Value.Equals(written, StringComparison.OrdinalIgnoreCase)) is { Key: { } key })
            {
                report.Add(path, $"\"{written}\" is the name that stashTags.{key} uses in Stash (choose another with rename)");
            }

            if (tag.Category.Length > 0 && !options.Categories.ContainsKey(tag.Category))
            {
                var advice =
                    NearestName.Of(tag.Category, options.Categories.Keys) is { } nearest ? $"did you mean {nearest}?"
                    : options.Categories.Count > 0 ? $"expected {string.Join(", ", options.Categories.Keys)}"
                    : "no categories are configured";
                report.Add(path + ".category", $"\"{tag.Category}\" is unknown, {advice} (add it under categories: {tag.Category}: {{}})");
            }
        }
    }

    private static void CheckAliases(IReadOnlyDictionary<string, TagOptions> tags, BindingReport report)
    {
        Dictionary<string, string> owners = new(StringComparer.Ordinal);
        foreach (var name in tags.Keys)
        {
            owners.TryAdd(TagSpelling.Normalize(name), name);
        }

        foreach (var (name, tag) in tags)
        {
            for (var i = 0; i < tag.Aliases.Count; i++)
            {
                var path = KeyPath.Item(KeyPath.Child("tags", name) + ".aliases", i);
                var normal = TagSpelling.Normalize(tag.Aliases[i]);
                if (owners.TryGetValue(normal, out var owner))
                {
                    var what =
                        TagSpelling.Normalize(owner) == normal ? $"is tag {owner} itself"
                        : owner.Equals(name, StringComparison.OrdinalIgnoreCase) ? "is given twice"
                        : $"is an alias of {owner} too";
                    report.Add(path, $"\"{tag.Aliases[i]}\" {what} (case, quotes, hyphens and underscores do not count; remove it)");
                }
                else if (normal.Length == 0)
                {
                    report.Add(path, $"\"{tag.Aliases[i]}\" holds no letters (remove it)");
                }
                else
                {
                    owners.Add(normal, name);
                }
            }
        }
    }

    private static void CheckStashTags(StashTagOptions tags, BindingReport report)
    {
        Dictionary<string, string> keys = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, name) in Family(tags))
        {
            if (!keys.TryAdd(name, key))
            {
                report.Add($"stashTags.{key}", $"\"{name}\" is what stashTags.{keys[name]} is called too (give each its own name)");
            }
        }
    }

    private static void CheckPathMap(IReadOnlyList<PathMapping> map, BindingReport report)
    {
        Dictionary<string, int> prefixes = new(StringComparer.Ordinal);
        for (var i = 0; i < map.Count; i++)
        {
            var prefix = map[i].From.Replace('\\', '/').TrimEnd('/');
            if (map[i].From.Length > 0 && !prefixes.TryAdd(prefix, i))
            {
                var path = KeyPath.Item("stash.pathMap", i);
                report.Add(path + ".from", $"\"{map[i].From}\" is mapped by stash.pathMap[{prefixes[prefix]}] already (remove one)");
            }
        }
    }

    private static IEnumerable<(string Key, string Name)> Family(StashTagOptions tags) =>
        typeof(StashTagOptions)
            .GetProperties()
            .Where(property => property.PropertyType == typeof(string))
            .Select(property => (KeyPath.Camel(property.Name), (string)property.GetValue(tags)!));
}
