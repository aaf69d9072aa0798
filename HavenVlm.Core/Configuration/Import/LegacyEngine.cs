using HavenVlm.Core.Configuration.Editing;

namespace HavenVlm.Core.Configuration.Import;

/// <summary>The part <c>VLM_ENGINE_CONFIG</c> of the old plugin: model, endpoints, tags and what each is marked by.</summary>
internal sealed class LegacyEngine
{
    private readonly ImportedFile _file;
    private readonly Func<string, bool> _staysLocal;
    private readonly PythonValue _engine;
    private readonly PythonValue? _model;
    private readonly string _path;

    private LegacyEngine(PythonValue engine, ImportedFile file, Func<string, bool> staysLocal)
    {
        _file = file;
        _staysLocal = staysLocal;
        _engine = engine;
        (_path, _model) = Model(engine);
    }

    public static void Map(PythonValue engine, ImportedFile file, Func<string, bool> staysLocal)
    {
        var old = new LegacyEngine(engine, file, staysLocal);
        old.MapModel();
        old.MapEndpoints();
        old.MapTags();
    }

    /// <summary>The model in use: the first active one, else the first that asks a VLM.</summary>
    private static (string Path, PythonValue? Model) Model(PythonValue engine)
    {
        var models = engine["models"] as PythonMap;
        var named =
            models?.Entries.Where(entry => entry.Key is PythonText).Select(entry => (((PythonText)entry.Key).Value, entry.Value)).ToList()
            ?? [];
        var active = engine["active_ai_models"] is PythonList list
            ? list.Items.OfType<PythonText>().Select(text => text.Value).ToList()
            : [];
        var found = named.Find(model => active.Contains(model.Item1, StringComparer.Ordinal) && model.Item2 is PythonMap);
        found = found.Item2 is null ? named.Find(model => model.Item2["type"] is PythonText { Value: "vlm_model" }) : found;
        return found.Item2 is null ? ("models", null) : ($"models.{LegacyValues.Comment(found.Item1)}", found.Item2);
    }

    private void MapModel()
    {
        if (_model is null)
        {
            _file.NotTaken.Add($"line {_engine.Line}: VLM_ENGINE_CONFIG names no model that asks a VLM");
            return;
        }

        Set("model_id", "model", LegacyValues.Write(_model["model_id"], LegacyValueKind.Text));
        Set("max_new_tokens", "maxTokens", LegacyValues.Write(_model["max_new_tokens"], LegacyValueKind.Whole));
        Set(
            "vlm_detected_tag_confidence",
            "fixedConfidence",
            LegacyValues.Write(_model["vlm_detected_tag_confidence"], LegacyValueKind.Number)
        );
        foreach (
            var (key, why) in new[]
            {
                ("max_concurrent_requests", "each endpoint has a maxConcurrent of its own"),
                ("instance_count", "one process asks all endpoints"),
                ("max_batch_size", "vlm.framesPerRequest is another thing: several pictures in one question"),
                ("connection_pool_size", "connections are made as needed"),
            }
        )
        {
            if (_model[key] is { } value and not PythonNone)
            {
                _file.NotTaken.Add($"line {value.Line}: {key} has no equal: {why}");
            }
        }
    }

    private void Set(string old, string key, string? written)
    {
        if (_model![old] is not { } value)
        {
            return;
        }

        if (written is not null)
        {
            _file.Set("vlm", key, written, $"{_path}.{old}", value.Line);
        }
        else
        {
            _file.NotTaken.Add($"line {value.Line}: {old} has an unexpected value");
        }
    }

    private void MapEndpoints()
    {
        var endpoints = _model?["multiplexer_endpoints"] is PythonList list ? list.Items : [];
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var endpoint in endpoints)
        {
            MapEndpoint(endpoint, endpoint["base_url"], names);
        }

        if (endpoints.Count == 0 && _model?["api_base_url"] is PythonText single)
        {
            MapEndpoint(_model, single, names);
        }

        if (names.Count == 0)
        {
            _file.Warnings.Add("No endpoint is taken: add one under vlm.endpoints.");
        }
    }

    private void MapEndpoint(PythonValue endpoint, PythonValue? address, HashSet<string> names)
    {
        if (address is not PythonText { Value: var url })
        {
            _file.NotTaken.Add($"line {endpoint.Line}: an endpoint without a plain base_url");
            return;
        }

        // The vlm-engine's own address ends before /v1.
        var hasPath = Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.AbsolutePath is not ("" or "/");
        var baseUrl = hasPath ? url : url.TrimEnd('/') + "/v1";
        var name = Unique((endpoint["name"] as PythonText)?.Value ?? "", names);
        var from = $"{_path}.multiplexer_endpoints \"{LegacyValues.Comment(name)}\" -> vlm.endpoints";
        var isLocal = _staysLocal(url);
        var key = (endpoint["api_key"] as PythonText)?.Value ?? "";
        List<ImportedLine> lines =
        [
            new($"    - name: {YamlWords.Quoted(name)}", isLocal ? from : "", endpoint.Line),
            new($"      baseUrl: {YamlWords.Quoted(baseUrl)}"),
            new($"      apiKey: {YamlWords.Quoted(isLocal ? key : "")}{(isLocal || key.Length == 0 ? "" : " # put it in again")}"),
            .. Option("weight", Weight(endpoint["weight"]), endpoint["weight"]),
            .. Option("maxConcurrent", LegacyValues.Write(endpoint["max_concurrent"], LegacyValueKind.Whole), endpoint["max_concurrent"]),
            .. Option("isFallback", LegacyValues.Write(endpoint["is_fallback"], LegacyValueKind.Boolean), endpoint["is_fallback"]),
            .. Option("timeout", LegacyValues.Duration(_model!["request_timeout"]), _model["request_timeout"]),
        ];
        if (isLocal)
        {
            _file.Add("  endpoints", lines);
            return;
        }

        _file.Warnings.Add(
            $"Endpoint {LegacyValues.Comment(name)} ({LegacyValues.Comment(uri?.Host ?? "no address")}) is outside this network and comes commented out: it would get your pictures."
        );
        _file.Add(
            "  endpoints",
            [
                new ImportedLine("    # Outside this network: it would get your pictures. Take the marks away if that is what you want."),
                .. lines.Select(line => new ImportedLine("    # " + line.Text.TrimStart('\n')[4..])),
            ]
        );
    }

    private static IEnumerable<ImportedLine> Option(string key, string? written, PythonValue? value) =>
        written is null ? [] : [new ImportedLine($"      {key}: {written}", "", value?.Line ?? 0, IsLoose: true)];

    private static string? Weight(PythonValue? value) =>
        value is PythonNumber number
            ? LegacyValues.Write(number with { Value = Math.Clamp(number.Value, 1, 1000) }, LegacyValueKind.Whole)
            : null;

    /// <summary>A name that can be used in an address, and once only.</summary>
    private static string Unique(string name, HashSet<string> names)
    {
        var plain = string.Concat(name.Select(c => c is '/' or '\\' || char.IsControl(c) ? '-' : c)).Trim();
        plain = plain.Length is 0 or > 100 ? $"endpoint-{names.Count + 1}" : plain;
        var unique = plain;
        for (var number = 2; !names.Add(unique); number++)
        {
            unique = $"{plain}-{number}";
        }

        return unique;
    }

    private void MapTags()
    {
        var tags = _model?["tag_list"] is PythonList list ? list.Items : [];
        var category = (_model?["model_category"] as PythonText)?.Value ?? "";
        var all = _engine["category_config"] as PythonMap;
        var settings = (all?[category] ?? (all is { Entries.Count: > 0 } ? all.Entries[0].Value : null)) as PythonMap;
        var known = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var tag in tags)
        {
            if (tag is not PythonText { Value: var name } || name.Trim().Length == 0)
            {
                _file.NotTaken.Add($"line {tag.Line}: an entry of tag_list is not a plain name");
            }
            else if (known.Add(name.Trim()))
            {
                MapTag(name.Trim(), tag.Line, settings?[name]);
            }
        }

        var others = settings
            ?.Entries.Select(entry => entry.Key)
            .OfType<PythonText>()
            .Where(key => !known.Contains(key.Value.Trim()))
            .Select(key => LegacyValues.Comment(key.Value))
            .ToList();
        if (others is { Count: > 0 })
        {
            _file.NotTaken.Add(
                $"category_config of tags that are not in tag_list, so never asked for: {LegacyValues.Comment(string.Join(", ", others))}"
            );
        }
    }

    private void MapTag(string name, int line, PythonValue? settings)
    {
        List<ImportedLine> lines =
        [
            new($"  {YamlWords.Key(name, quoted: false)}:", $"tag_list \"{LegacyValues.Comment(name)}\" -> tags", line),
        ];
        var rename = (settings?["RenamedTag"] as PythonText)?.Value.Trim() ?? "";
        Add("RenamedTag", "rename", rename.Length == 0 || rename.Equals(name, StringComparison.Ordinal) ? null : YamlWords.Quoted(rename));
        Add("TagThreshold", "threshold", LegacyValues.Write(settings?["TagThreshold"], LegacyValueKind.Number));
        Add("MinMarkerDuration", "minMarkerDuration", LegacyValues.Duration(settings?["MinMarkerDuration"]));
        Add("MaxGap", "maxGap", LegacyValues.Duration(settings?["MaxGap"]));
        Add("RequiredDuration", "requiredDuration", LegacyValues.Duration(settings?["RequiredDuration"]));
        if (lines.Count == 1)
        {
            lines[0] = lines[0] with { Text = lines[0].Text + " {}" };
        }

        _file.Add("tags", lines);

        void Add(string old, string key, string? written)
        {
            if (written is not null)
            {
                lines.Add(new ImportedLine($"    {key}: {written}", "", settings![old]!.Line, IsLoose: true));
            }
            else if (settings?[old] is { } value and not (PythonNone or PythonUnread) && key is not "rename")
            {
                _file.NotTaken.Add($"line {value.Line}: {old} of {LegacyValues.Comment(name)} has an unexpected value");
            }
        }
    }
}
