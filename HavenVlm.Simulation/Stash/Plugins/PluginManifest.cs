using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace HavenVlm.Simulation.Stash.Plugins;

/// <summary>A task as the plugin's file describes it.</summary>
internal sealed record PluginOperation(
    string Name,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Defaults,
    IReadOnlyList<string> TriggeredBy
);

/// <summary>A plugin's file, read as strictly as the given version of Stash reads it: a field that it does not know makes the whole plugin unusable.</summary>
internal sealed record PluginManifest
{
    private static readonly string[] Always =
    [
        "name",
        "description",
        "url",
        "version",
        "interface",
        "exec",
        "errLog",
        "tasks",
        "hooks",
        "ui",
    ];
    private static readonly string[] OperationFields = ["name", "description", "execArgs", "defaultArgs"];

    /// <summary>The file's name without its extension.</summary>
    public required string Id { get; init; }

    /// <summary>The folder that the file is in.</summary>
    public required string Folder { get; init; }

    public required string Name { get; init; }

    public string? Description { get; init; }

    public string? Version { get; init; }

    public IReadOnlyList<string> Exec { get; init; } = [];

    public IReadOnlyList<PluginOperation> Tasks { get; init; } = [];

    public IReadOnlyList<PluginOperation> Hooks { get; init; } = [];

    public IReadOnlyList<string> Javascript { get; init; } = [];

    public IReadOnlyList<string> Css { get; init; } = [];

    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <exception cref="InvalidDataException">That version of Stash does not load it; the message is its own.</exception>
    public static PluginManifest Read(string path, StashVersion version)
    {
        var map = new StrictMap(Root(path), "plugin.Config");
        map.AllowOnly(version >= StashVersion.Release24 ? [.. Always, "settings"] : Always);
        var ui = map.Map("ui", "plugin.UIConfig");
        ui?.AllowOnly(version >= StashVersion.Release24 ? ["requires", "csp", "javascript", "css", "assets"] : ["javascript", "css"]);
        var settings = map.Map("settings", "map");
        foreach (var name in settings?.Names ?? [])
        {
            var setting = settings!.Map(name, "plugin.SettingConfig")!;
            setting.AllowOnly("type", "displayName", "description");
            if (setting.Text("type") is not (null or "STRING" or "NUMBER" or "BOOLEAN"))
            {
                throw new InvalidDataException($"invalid type {setting.Text("type")} for setting {name}");
            }
        }

        if (map.Text("interface") is not (null or "raw" or "rpc" or "js"))
        {
            throw new InvalidDataException($"invalid interface type {map.Text("interface")}");
        }

        var id = Path.GetFileNameWithoutExtension(path);
        return new PluginManifest
        {
            Id = id,
            Folder = Path.GetDirectoryName(path)!,
            Name = map.Text("name") is { Length: > 0 } name2 ? name2 : id,
            Description = map.Text("description"),
            Version = map.Text("version"),
            Exec = map.Texts("exec"),
            Tasks = [.. map.Maps("tasks", "plugin.OperationConfig").Select(task => Operation(task, OperationFields))],
            Hooks = [.. map.Maps("hooks", "plugin.HookConfig").Select(hook => Operation(hook, [.. OperationFields, "triggeredBy"]))],
            Javascript = ui?.Texts("javascript") ?? [],
            Css = ui?.Texts("css") ?? [],
            Settings = settings?.Names ?? [],
        };
    }

    private static PluginOperation Operation(StrictMap map, string[] fields)
    {
        map.AllowOnly(fields);
        var defaults = map.Map("defaultArgs", "map");
        return new PluginOperation(
            map.Text("name") ?? "",
            map.Texts("execArgs"),
            defaults?.Names.ToDictionary(name => name, name => defaults.Text(name) ?? "", StringComparer.Ordinal) ?? [],
            map.Texts("triggeredBy")
        );
    }

    private static YamlNode Root(string path)
    {
        try
        {
            using var reader = new StreamReader(path);
            var stream = new YamlStream();
            stream.Load(reader);
            return stream.Documents.Count > 0 ? stream.Documents[0].RootNode : throw new InvalidDataException("EOF");
        }
        catch (YamlException e)
        {
            throw new InvalidDataException($"yaml: line {e.Start.Line}: {e.Message}", e);
        }
    }

    /// <summary>A mapping that says, as Stash does, which of its fields is one too many.</summary>
    private sealed class StrictMap(YamlNode node, string type)
    {
        private readonly YamlMappingNode _map =
            node as YamlMappingNode
            ?? throw new InvalidDataException($"yaml: unmarshal errors:\n  line {node.Start.Line}: cannot unmarshal into {type}");

        public IReadOnlyList<string> Names => [.. _map.Children.Keys.Select(key => key.ToString())];

        public void AllowOnly(params string[] known)
        {
            var strange = _map.Children.Keys.Where(key => !known.Contains(key.ToString(), StringComparer.Ordinal)).ToList();
            if (strange.Count > 0)
            {
                var lines = strange.Select(key => $"\n  line {key.Start.Line}: field {key} not found in type {type}");
                throw new InvalidDataException($"yaml: unmarshal errors:{string.Concat(lines)}");
            }
        }

        public string? Text(string name) => Child(name) is YamlScalarNode scalar ? scalar.Value : null;

        public IReadOnlyList<string> Texts(string name) =>
            Child(name) is YamlSequenceNode list ? [.. list.Children.Select(item => item.ToString())] : [];

        public StrictMap? Map(string name, string childType) => Child(name) is { } child ? new StrictMap(child, childType) : null;

        public IEnumerable<StrictMap> Maps(string name, string childType) =>
            Child(name) is YamlSequenceNode list ? list.Children.Select(item => new StrictMap(item, childType)) : [];

        private YamlNode? Child(string name) => _map.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null;
    }
}
