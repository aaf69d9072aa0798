using System.Text;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Editing;

namespace HavenVlm.Core.Workflows.Tuning;

/// <summary>Writes changed tags as YAML to be pasted over what the configuration says about them.</summary>
internal static class TuningYaml
{
    /// <summary>The tags, each whole: what is configured already and what changes. Empty when nothing changes.</summary>
    public static string Write(HavenOptions options, IReadOnlyList<TagSettingsChange> changes)
    {
        if (changes.Count == 0)
        {
            return "";
        }

        var yaml = new StringBuilder("tags:\n");
        foreach (var change in changes)
        {
            var configured = options.Tags.GetValueOrDefault(change.Tag) ?? new TagOptions();
            yaml.Append("  ").Append(YamlWords.Key(change.Tag, quoted: false)).Append(":\n");
            foreach (var (key, value) in Kept(configured).Concat(Changed(change.Apply(configured))))
            {
                yaml.Append("    ").Append(key).Append(": ").Append(value).Append('\n');
            }
        }

        return yaml.ToString();
    }

    private static IEnumerable<(string Key, string Yaml)> Kept(TagOptions tag)
    {
        foreach (var (key, value) in new[] { ("description", tag.Description), ("rename", tag.Rename), ("category", tag.Category) })
        {
            if (value.Length > 0)
            {
                yield return (key, YamlWords.Value(value, json: false));
            }
        }

        if (tag.Aliases.Count > 0)
        {
            yield return ("aliases", $"[{string.Join(", ", tag.Aliases.Select(YamlWords.Quoted))}]");
        }
    }

    private static IEnumerable<(string Key, string Yaml)> Changed(TagOptions tag) =>
        tag.Written().Select(setting => (setting.Key, YamlWords.Value(setting.Value, json: false)));
}
