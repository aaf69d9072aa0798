using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Filters;

/// <summary>Finds the filters that a user saved for scenes and turns them into queries, as Stash's own pages do.</summary>
internal sealed class SavedFilters(StashClient client)
{
    /// <summary>The saved filter of that name.</summary>
    /// <exception cref="StashException">There is none, or it uses something that this Stash cannot be asked for.</exception>
    public async Task<StashSceneFilter> FindAsync(string name, CancellationToken cancellationToken)
    {
        var results = (await client.SendAsync([GraphQlCall.Of("SavedFilters")], cancellationToken)).OrThrow();
        var filters = results.Get<IReadOnlyList<SavedFilter>>(0) ?? [];
        var saved =
            filters.FirstOrDefault(filter => filter.Name.Equals(name, StringComparison.Ordinal))
            ?? filters.FirstOrDefault(filter => filter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new StashException(
                StashErrorKind.NeedsUser,
                $"Stash has no saved filter '{StashText.Clean(name)}' for scenes. It has: {Listed(filters)}."
            );
        var inputs = await InputsAsync(cancellationToken);
        var (search, criteria) = saved.Filter is { Length: > 0 } encoded
            ? LegacySavedFilter.Read(saved.Name, encoded)
            : (saved.FindFilter?.Q ?? "", saved.ObjectFilter ?? []);
        return new StashSceneFilter(saved.Name, search, SavedFilterTranslation.Translate(saved.Name, criteria, inputs));
    }

    /// <summary>Type of each field of the scene filter; the translation follows them.</summary>
    private async Task<IReadOnlyDictionary<string, string>> InputsAsync(CancellationToken cancellationToken)
    {
        var call = GraphQlCall.Of("IntrospectInput", new JsonObject { ["name"] = "SceneFilterType" });
        var results = (await client.SendAsync([call], cancellationToken)).OrThrow();
        var fields = results.Get<IReadOnlyList<InputField>>(0, "inputFields") ?? [];
        return fields.ToDictionary(field => field.Name, field => field.Type.Name ?? field.Type.OfType?.Name ?? "", StringComparer.Ordinal);
    }

    private static string Listed(IReadOnlyList<SavedFilter> filters) =>
        filters.Count == 0 ? "none" : string.Join(", ", filters.Take(20).Select(filter => $"'{StashText.Clean(filter.Name)}'"));

    private sealed record SavedFilter(
        string Name,
        SavedFindFilter? FindFilter = null,
        Dictionary<string, JsonElement>? ObjectFilter = null,
        string? Filter = null
    );

    private sealed record SavedFindFilter(string? Q = null);

    private sealed record InputField(string Name, InputType Type);

    private sealed record InputType(string? Name = null, InputType? OfType = null);
}
