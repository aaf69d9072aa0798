namespace HavenVlm.Core.Configuration.Import;

/// <summary>What the settings of the Python plugin (A Haven VLM Connector 1.1.1 with vlm-engine 1.0.1) are called here.</summary>
internal sealed class LegacyPlugin
{
    private const string Engine = "VLM_ENGINE_CONFIG";

    // Where a look every so often was coarse, the old plugin bisected between different ones, as adaptive sampling does.
    private const double CoarseInterval = 10;

    private static readonly Dictionary<string, (string Section, string Key, LegacyValueKind Kind)> Simple = new(StringComparer.Ordinal)
    {
        ["VIDEO_THRESHOLD"] = ("video", "threshold", LegacyValueKind.Number),
        ["IMAGE_THRESHOLD"] = ("images", "threshold", LegacyValueKind.Number),
        ["IMAGE_BATCH_SIZE"] = ("images", "batchSize", LegacyValueKind.Whole),
        ["CONCURRENT_TASK_LIMIT"] = ("concurrency", "scenes", LegacyValueKind.Whole),
        ["VLM_BASE_TAG_NAME"] = ("stashTags", "base", LegacyValueKind.Text),
        ["VLM_TAGME_TAG_NAME"] = ("stashTags", "tagMe", LegacyValueKind.Text),
        ["VLM_UPDATEME_TAG_NAME"] = ("stashTags", "updateMe", LegacyValueKind.Text),
        ["VLM_TAGGED_TAG_NAME"] = ("stashTags", "tagged", LegacyValueKind.Text),
        ["VLM_ERRORED_TAG_NAME"] = ("stashTags", "errored", LegacyValueKind.Text),
        ["VLM_INCORRECT_TAG_NAME"] = ("stashTags", "incorrect", LegacyValueKind.Text),
        ["OUTPUT_DATA_DIR"] = ("export", "outputDir", LegacyValueKind.Text),
        ["DELETE_INCORRECT_MARKERS"] = ("export", "deleteIncorrectMarkers", LegacyValueKind.Boolean),
        ["CREATE_MARKERS"] = ("markers", "create", LegacyValueKind.Boolean),
    };

    private static readonly Dictionary<string, string> WithoutEqual = new(StringComparer.Ordinal)
    {
        ["VIDEO_CONFIDENCE_RETURN"] = "confidence is always kept",
        ["IMAGE_CONFIDENCE_RETURN"] = "confidence is always kept",
        ["SERVER_TIMEOUT"] = "work is waited for as long as it takes; see vlm.giveUpAfter and the endpoints' timeout",
        ["IMAGE_FRAME_INTERVAL"] = "images have no frames",
    };

    private readonly PythonAssignments _old;
    private readonly ImportedFile _file = new();
    private readonly Func<string, bool> _staysLocal;

    private LegacyPlugin(PythonAssignments old, Func<string, bool> staysLocal)
    {
        _old = old;
        _staysLocal = staysLocal;
    }

    /// <summary>The new file for what an old one says.</summary>
    /// <param name="old">What the old file says.</param>
    /// <param name="staysLocal">Whether pictures sent to an address stay on this machine or its private network.</param>
    public static ImportedFile Map(PythonAssignments old, Func<string, bool> staysLocal)
    {
        var plugin = new LegacyPlugin(old, staysLocal);
        plugin.Map();
        return plugin._file;
    }

    private void Map()
    {
        _file.Add("stash", new ImportedLine("  url: \"http://localhost:9999\" # the plugin got this from Stash: check it"));
        _file.Add("stash", new ImportedLine("  apiKey: \"\" # Stash: Settings > Security; empty when Stash has no password"));
        foreach (var (name, value) in _old.Names)
        {
            Map(name, value);
        }
    }

    private void Map(string name, PythonValue value)
    {
        if (value is PythonUnread)
        {
            return;
        }

        if (Simple.TryGetValue(name, out var known))
        {
            if (LegacyValues.Write(value, known.Kind) is { } written)
            {
                _file.Set(known.Section, known.Key, written, name, value.Line);
            }
            else
            {
                _file.NotTaken.Add($"line {value.Line}: {name} has an unexpected value");
            }
        }
        else if (name is Engine)
        {
            LegacyEngine.Map(value, _file, _staysLocal);
        }
        else if (name is "VIDEO_FRAME_INTERVAL")
        {
            Interval(value);
        }
        else if (name is "PATH_MUTATION")
        {
            Paths(value);
        }
        else if (!_old.Used.Contains(name))
        {
            _file.NotTaken.Add($"line {value.Line}: {LegacyValues.Comment(name)} has no equal{Why(WithoutEqual.GetValueOrDefault(name))}");
        }
    }

    private void Interval(PythonValue value)
    {
        if (LegacyValues.Duration(value) is not { } interval)
        {
            _file.NotTaken.Add($"line {value.Line}: VIDEO_FRAME_INTERVAL is not a number of seconds");
            return;
        }

        _file.Set("video", "frameInterval", interval, "VIDEO_FRAME_INTERVAL", value.Line);
        if (value is PythonNumber { Value: >= CoarseInterval })
        {
            _file.Add(
                "video",
                new ImportedLine("  sampling: adaptive # looks closer where answers differ, as the plugin did", IsLoose: true)
            );
        }
    }

    private void Paths(PythonValue value)
    {
        foreach (var (key, to) in value is PythonMap map ? map.Entries : [])
        {
            if (key is PythonText from && to is PythonText target)
            {
                var pair = $"{{ from: {YamlText(from.Value)}, to: {YamlText(target.Value)} }}";
                _file.Add("  pathMap", new ImportedLine($"    - {pair}", "PATH_MUTATION -> stash.pathMap", from.Line));
            }
            else
            {
                _file.NotTaken.Add($"line {key.Line}: an entry of PATH_MUTATION is not a pair of paths");
            }
        }
    }

    private static string YamlText(string text) => Editing.YamlWords.Quoted(text);

    private static string Why(string? reason) => reason is null ? "" : ": " + reason;
}
