using System.Collections.Concurrent;

namespace HavenVlm.Simulation.Stash.Schema;

/// <summary>What one version of Stash offers.</summary>
internal sealed class StashSchema
{
    private static readonly ConcurrentDictionary<StashVersion, StashSchema> Loaded = new();
    private readonly Dictionary<string, SchemaType> _types;

    private StashSchema(Dictionary<string, SchemaType> types) => _types = types;

    public IEnumerable<SchemaType> Types => _types.Values;

    public static StashSchema Of(StashVersion version) =>
        Loaded.GetOrAdd(
            version,
            static v => new StashSchema(SchemaReader.ReadEmbedded(v).ToDictionary(type => type.Name, StringComparer.Ordinal))
        );

    public SchemaType? Find(string name) => _types.GetValueOrDefault(name);

    public SchemaType Get(string name) => _types[name];

    /// <summary>The object types that a value of this type can be.</summary>
    public IEnumerable<SchemaType> PossibleTypes(SchemaType type) =>
        type.Kind switch
        {
            SchemaKind.Union => type.Members.Select(Get),
            SchemaKind.Interface => _types.Values.Where(other => other.Interfaces.Contains(type.Name, StringComparer.Ordinal)),
            _ => [type],
        };
}
