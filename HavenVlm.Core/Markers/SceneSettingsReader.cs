using System.Globalization;
using System.Text.Json;
using HavenVlm.Core.Configuration;
using HavenVlm.Core.Configuration.Binding;

namespace HavenVlm.Core.Markers;

/// <summary>
/// Reads marker settings of a scene from JSON by the rules of the configuration: durations are texts such as <c>2s</c> or <c>5%</c>, or
/// plain numbers of seconds as the timeline has them.
/// </summary>
internal static class SceneSettingsReader
{
    private static readonly ConfigMark Body = new("body", 0);

    private static readonly HashSet<string> Durations = SettingTree
        .Group(typeof(MarkerRules))
        .Settings.Where(setting => setting.Property.PropertyType == typeof(MarkerDuration?))
        .Select(setting => setting.Key)
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>The settings; null or an empty object = none.</summary>
    /// <param name="json">What was sent.</param>
    /// <param name="knownTags">The tags that the scene is analyzed for.</param>
    /// <exception cref="ConfigurationException">Everything that is wrong, each with its place and how to fix it.</exception>
    public static SceneMarkerSettings Read(JsonElement json, IReadOnlyCollection<string> knownTags)
    {
        if (json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return new SceneMarkerSettings();
        }

        var report = new BindingReport(Body);
        if (ReadableNode(json, report) is not MapNode map)
        {
            report.Add("", "an object is needed, {} clears the settings");
            throw new ConfigurationException(report.Errors);
        }

        var settings = new OptionsBinder(report).Bind<SceneMarkerSettings>(map).Trimmed();
        foreach (var tag in settings.Tags.Keys.Except(knownTags, StringComparer.OrdinalIgnoreCase))
        {
            var advice = NearestName.Of(tag, knownTags) is { } nearest
                ? $"did you mean {nearest}?"
                : "write it as under tags in haven.yaml";
            report.Add(KeyPath.Child("tags", tag), $"the scene is not analyzed for this tag, {advice}");
        }

        return report.Errors.Count == 0 ? settings : throw new ConfigurationException(report.Errors);
    }

    private static ConfigNode? ReadableNode(JsonElement json, BindingReport report)
    {
        try
        {
            return Node("", json);
        }
        catch (InvalidOperationException)
        {
            report.Add("", "a text holds half a character (a lone surrogate)");
            return null;
        }
    }

    private static ConfigNode Node(string key, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new MapNode(Body);
                map.Entries.AddRange(json.EnumerateObject().Select(entry => new MapEntry(entry.Name, Body, Node(entry.Name, entry.Value))));
                return map;
            case JsonValueKind.Array:
                var list = new ListNode(Body);
                list.Items.AddRange(json.EnumerateArray().Select(item => Node("", item)));
                return list;
            case JsonValueKind.String:
                return new ScalarNode(json.GetString()!, isPlain: false, Body);
            case JsonValueKind.Null:
                return new ScalarNode("", isPlain: true, Body);
            case JsonValueKind.Number when Durations.Contains(key) && json.TryGetDecimal(out var seconds):
                return new ScalarNode(seconds.ToString("0.###", CultureInfo.InvariantCulture) + "s", isPlain: true, Body);
            default:
                return new ScalarNode(json.GetRawText(), isPlain: true, Body);
        }
    }
}
