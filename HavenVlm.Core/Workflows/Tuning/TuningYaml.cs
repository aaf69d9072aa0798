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
            foreach (var (key, value) in Kept(configured).Concat(change.Apply(configured).Written()))
            {
                yaml.Append("    ").Append(key).Append(": ").Append(YamlWords.Value(value, json: false)).Append('\n');
            }
        }

        return yaml.ToString();
    }

    private static IEnumerable<(string Key, string Value)> Kept(TagOptions tag) =>
        new[] { ("description", tag.Description), ("rename", tag.Rename), ("category", tag.Category) }.Where(entry =>
            entry.Item2.Length > 0
        );
}
