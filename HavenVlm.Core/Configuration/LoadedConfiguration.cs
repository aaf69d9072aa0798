using HavenVlm.Core.Configuration.Binding;

namespace HavenVlm.Core.Configuration;

/// <summary>A configuration that was read without a mistake.</summary>
public sealed record LoadedConfiguration
{
    private readonly IReadOnlyDictionary<string, ConfigMark> _marks;

    internal LoadedConfiguration(HavenOptions options, IReadOnlyDictionary<string, ConfigMark> marks)
    {
        Options = options;
        _marks = marks;
    }

    /// <summary>The settings.</summary>
    public HavenOptions Options { get; }

    /// <summary>Full path of the file; null when only the environment was read.</summary>
    public string? File { get; init; }

    /// <summary>
    /// What is still missing before anything can be tagged: model, endpoints, tags. Not a mistake, because a server may start and
    /// be asked for its state without; each entry names the key and how to fix it.
    /// </summary>
    public IReadOnlyList<string> Missing => [.. FindMissing()];

    /// <summary>The settings in force as YAML: secrets as <c>***</c>, each value that was given with where.</summary>
    public string Show() => new OptionsWriter(_marks, redact: true).Write(Options);

    /// <summary>Where each setting that was given was written.</summary>
    internal IReadOnlyDictionary<string, ConfigMark> Marks => _marks;

    private IEnumerable<string> FindMissing()
    {
        if (Options.Vlm.Endpoints.Count == 0)
        {
            yield return "vlm.endpoints: no model server is given (add one: - { name: local, baseUrl: \"http://localhost:1234/v1\" })";
        }

        if (Options.Vlm.Model.Length == 0)
        {
            foreach (var endpoint in Options.Vlm.Endpoints.Where(endpoint => endpoint.Model.Length == 0))
            {
                yield return $"vlm.model: endpoint {endpoint.Name} has no model name (set vlm.model or the endpoint's own model)";
            }
        }

        if (Options.Tags.Count == 0 && Options.TagsFromStash.Length == 0)
        {
            yield return "tags: no tags are configured (add some, such as Kissing: {}, or set tagsFromStash)";
        }
    }
}
