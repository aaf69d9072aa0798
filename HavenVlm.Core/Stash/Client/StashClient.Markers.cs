using System.Text.Json.Nodes;

namespace HavenVlm.Core.Stash.Client;

/// <summary>Calls about markers, for batches.</summary>
internal sealed partial class StashClient
{
    /// <summary>Creates a marker; <see cref="GraphQlResults.ReadId"/> reads its id.</summary>
    public static GraphQlCall CreateMarkerCall(string sceneId, MarkerContent content)
    {
        var input = new JsonObject
        {
            ["scene_id"] = sceneId,
            ["title"] = content.Title,
            ["seconds"] = MarkerTime.ToSeconds(content.Start),
            ["primary_tag_id"] = content.TagId,
            ["tag_ids"] = new JsonArray([.. content.TagIds.Select(id => JsonValue.Create(id))]),
        };
        if (content.End is { } end)
        {
            input["end_seconds"] = MarkerTime.ToSeconds(end);
        }

        return GraphQlCall.Of("CreateMarker", new JsonObject { ["input"] = input });
    }

    /// <summary>Moves a marker; title and tags stay. Both times go together: Stash refuses a start after the end it knows.</summary>
    public static GraphQlCall MoveMarkerCall(string id, MarkerContent content)
    {
        var input = new JsonObject { ["id"] = id, ["seconds"] = MarkerTime.ToSeconds(content.Start) };
        if (content.End is { } end)
        {
            input["end_seconds"] = MarkerTime.ToSeconds(end);
        }

        return GraphQlCall.Of("UpdateMarker", new JsonObject { ["input"] = input });
    }

    /// <summary>Destroys markers, in the fewest calls that the server knows; a marker that is gone is an error.</summary>
    public static IEnumerable<GraphQlCall> DestroyMarkersCalls(IReadOnlyList<string> ids, StashSchema schema)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        return schema.HasDestroyMarkers
            ? [GraphQlCall.Of("DestroyMarkers", new JsonObject { ["ids"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]) })]
            : ids.Select(id => GraphQlCall.Of("DestroyMarker", new JsonObject { ["id"] = id }));
    }

    /// <summary>Takes a tag off markers, in the fewest calls that the server knows.</summary>
    public static IEnumerable<GraphQlCall> UntagMarkersCalls(IReadOnlyList<StashMarker> markers, string tagId, StashSchema schema)
    {
        if (markers.Count == 0)
        {
            return [];
        }

        return schema.HasBulkMarkerUpdate
            ? [GraphQlCall.Of("UpdateMarkers", Input([("ids", Texts(markers.Select(marker => marker.Id))), ("tag_ids", Removed(tagId))]))]
            : markers.Select(marker =>
                GraphQlCall.Of(
                    "UpdateMarker",
                    Input([
                        ("id", JsonValue.Create(marker.Id)),
                        ("tag_ids", Texts(marker.Tags.Select(tag => tag.Id).Where(id => !id.Equals(tagId, StringComparison.Ordinal)))),
                    ])
                )
            );
    }

    /// <summary>Ids of the scenes with a marker that carries a tag itself, also as its primary one; in order.</summary>
    public async Task<IReadOnlyList<string>> FindScenesByMarkerTagAsync(string tagId, CancellationToken cancellationToken)
    {
        var filter = new JsonObject { ["tags"] = TagCriterion(tagId) };
        var call = GraphQlCall.Of("FindMarkerScenes", new JsonObject { ["markers"] = filter });
        var markers = (await SendAsync([call], cancellationToken)).OrThrow().Get<IReadOnlyList<MarkerScene>>(0, "scene_markers") ?? [];
        return
        [
            .. markers
                .Select(marker => marker.Scene.Id)
                .Distinct(StringComparer.Ordinal)
                .OrderBy(id => id.Length)
                .ThenBy(id => id, StringComparer.Ordinal),
        ];
    }

    private static JsonObject Input(IEnumerable<(string Name, JsonNode? Value)> fields) =>
        new() { ["input"] = new JsonObject(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))) };

    private static JsonObject Removed(string tagId) => new() { ["ids"] = Texts([tagId]), ["mode"] = "REMOVE" };

    /// <summary>Asks for previews of markers; Stash makes them later, in a job of its own.</summary>
    /// <exception cref="ArgumentException">There are no markers: Stash would take that for all of the library.</exception>
    public async Task GeneratePreviewsAsync(IReadOnlyList<string> markerIds, CancellationToken cancellationToken)
    {
        if (markerIds.Count == 0)
        {
            throw new ArgumentException("No markers are named, which Stash takes for all there are.", nameof(markerIds));
        }

        var input = Input([("markers", JsonValue.Create(true)), ("markerIDs", Texts(markerIds))]);
        _ = (await SendAsync([GraphQlCall.Of("GeneratePreviews", input)], cancellationToken)).OrThrow();
    }

    private sealed record MarkerScene(TagId Scene);
}
