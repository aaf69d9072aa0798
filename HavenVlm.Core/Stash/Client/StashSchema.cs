namespace HavenVlm.Core.Stash.Client;

/// <summary>What a server can do, found by introspection: version numbers of development builds say little.</summary>
/// <param name="Version">What the server calls itself, to be shown.</param>
/// <param name="Fields">Known fields as <c>Type.field</c>, of the types in <see cref="Types"/>.</param>
internal sealed record StashSchema(string Version, IReadOnlySet<string> Fields)
{
    /// <summary>The types that are examined.</summary>
    public static IReadOnlyList<string> Types { get; } =
    ["Mutation", "SavedFilter", "SceneMarker", "SceneMarkerCreateInput", "SceneMarkerUpdateInput", "Tag"];

    /// <summary>Markers have an end.</summary>
    public bool HasMarkerEnd =>
        Has("SceneMarker.end_seconds") && Has("SceneMarkerCreateInput.end_seconds") && Has("SceneMarkerUpdateInput.end_seconds");

    /// <summary>Many markers can be destroyed at once.</summary>
    public bool HasDestroyMarkers => Has("Mutation.sceneMarkersDestroy");

    /// <summary>Tags of many markers can be changed at once.</summary>
    public bool HasBulkMarkerUpdate => Has("Mutation.bulkSceneMarkerUpdate");

    /// <summary>Whether the server knows a field, written <c>Type.field</c>.</summary>
    public bool Has(string field) => Fields.Contains(field);
}
