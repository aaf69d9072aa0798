using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash.Resolvers;

/// <summary>Changing scenes, markers, images, galleries and tags. Each call is one transaction; its hooks run after it.</summary>
internal sealed class Mutations(LibraryStore store, HookLog hooks)
{
    private readonly Inputs _inputs = new(store.Version);

    public void Register(ResolverMap map)
    {
        Scenes(map);
        Markers(map);
        Images(map);
        Galleries(map);
        Tags(map);
    }

    private void Scenes(ResolverMap map)
    {
        Update(
            map,
            "sceneUpdate",
            "Scene.Update.Post",
            One,
            (change, id, input) => change.UpdateScene(id, _inputs.Media(input, false), false).Id,
            SceneNow,
            false
        );
        Update(
            map,
            "bulkSceneUpdate",
            "Scene.Update.Post",
            Bulk,
            (change, id, input) => change.UpdateScene(id, _inputs.Media(input, true), true).Id,
            SceneNow,
            true
        );
        Destroy(
            map,
            "sceneDestroy",
            "Scene.Destroy.Post",
            call => [call.Required("input").Id("id")!.Value],
            (change, id) => change.DestroyScene(id)
        );
    }

    private void Markers(ResolverMap map)
    {
        map.AddAsync(
            "Mutation",
            "sceneMarkerCreate",
            async (_, call) =>
            {
                var input = call.Arguments.Required("input");
                var marker = store.Write(change => change.CreateMarker(_inputs.Marker(input, false)));
                await hooks.FireAsync("SceneMarker.Create.Post", [marker.Id], input, false, call.Cancellation);
                return store.State.Markers.GetValueOrDefault(marker.Id);
            }
        );
        Update(
            map,
            "sceneMarkerUpdate",
            "SceneMarker.Update.Post",
            One,
            (change, id, input) => change.UpdateMarker(id, _inputs.Marker(input, false)).Id,
            MarkerNow,
            false
        );
        Update(
            map,
            "bulkSceneMarkerUpdate",
            "SceneMarker.Update.Post",
            Bulk,
            (change, id, input) => change.BulkUpdateMarker(id, _inputs.Marker(input, true)).Id,
            MarkerNow,
            true
        );
        Destroy(
            map,
            "sceneMarkerDestroy",
            "SceneMarker.Destroy.Post",
            call => [call.Id("id")!.Value],
            (change, id) => change.DestroyMarker(id)
        );
        Destroy(map, "sceneMarkersDestroy", "SceneMarker.Destroy.Post", call => call.Ids("ids")!, (change, id) => change.DestroyMarker(id));
    }

    private void Images(ResolverMap map)
    {
        Update(
            map,
            "bulkImageUpdate",
            "Image.Update.Post",
            Bulk,
            (change, id, input) => change.UpdateImage(id, _inputs.Media(input, true)).Id,
            ImageNow,
            true
        );
    }

    private void Galleries(ResolverMap map)
    {
        Update(
            map,
            "bulkGalleryUpdate",
            "Gallery.Update.Post",
            Bulk,
            (change, id, input) => change.UpdateGallery(id, _inputs.Media(input, true), true).Id,
            GalleryNow,
            true
        );
    }

    private void Tags(ResolverMap map)
    {
        map.AddAsync(
            "Mutation",
            "tagCreate",
            async (_, call) =>
            {
                var input = call.Arguments.Required("input");
                var tag = store.Write(change => change.Create(_inputs.Tag(input)));
                await hooks.FireAsync("Tag.Create.Post", [tag.Id], input, false, call.Cancellation);
                return store.State.Tags.GetValueOrDefault(tag.Id);
            }
        );
        Update(map, "tagUpdate", "Tag.Update.Post", One, (change, id, input) => change.Update(id, _inputs.Tag(input)).Id, TagNow, false);
        Destroy(
            map,
            "tagDestroy",
            "Tag.Destroy.Post",
            call => [call.Required("input").Id("id")!.Value],
            (change, id) => change.DestroyTag(id)
        );
        Destroy(map, "tagsDestroy", "Tag.Destroy.Post", call => call.Ids("ids")!, (change, id) => change.DestroyTag(id));
        map.AddAsync(
            "Mutation",
            "tagsMerge",
            async (_, call) =>
            {
                var input = call.Arguments.Required("input");
                if (input.Ids("source") is not { Count: > 0 } sources)
                {
                    return null;
                }

                var tag = store.Write(change => change.Merge(sources, input.Id("destination")!.Value));
                await hooks.FireAsync("Tag.Merge.Post", [tag.Id], input, false, call.Cancellation);
                return tag;
            }
        );
    }

    private void Update(
        ResolverMap map,
        string field,
        string hook,
        Func<InputObject, IEnumerable<(int Id, InputObject Input)>> targets,
        Func<LibraryTransaction, int, InputObject, int> change,
        Func<int, object?> now,
        bool list
    ) =>
        map.AddAsync(
            "Mutation",
            field,
            async (_, call) =>
            {
                List<(int Id, InputObject Input)> all = [.. targets(call.Arguments)];
                store.Write(transaction =>
                {
                    foreach (var (id, input) in all)
                    {
                        change(transaction, id, input);
                    }
                });
                foreach (var (id, input) in all)
                {
                    await hooks.FireAsync(hook, [id], input, true, call.Cancellation);
                }

                return list ? all.Select(target => now(target.Id)).ToList() : now(all[0].Id);
            }
        );

    private void Destroy(
        ResolverMap map,
        string field,
        string hook,
        Func<InputObject, IReadOnlyList<int>> targets,
        Action<LibraryTransaction, int> change
    ) =>
        map.AddAsync(
            "Mutation",
            field,
            async (_, call) =>
            {
                var ids = targets(call.Arguments);
                store.Write(transaction =>
                {
                    foreach (var id in ids)
                    {
                        change(transaction, id);
                    }
                });
                await hooks.FireAsync(hook, ids, call.Arguments, false, call.Cancellation);
                return true;
            }
        );

    private static IEnumerable<(int, InputObject)> One(InputObject arguments)
    {
        var input = arguments.Required("input");
        return [(input.Id("id")!.Value, input)];
    }

    private static IEnumerable<(int, InputObject)> Bulk(InputObject arguments)
    {
        var input = arguments.Required("input");
        return (input.Ids("ids") ?? []).Select(id => (id, input));
    }

    private object? SceneNow(int id) => store.State.Scenes.GetValueOrDefault(id);

    private object? MarkerNow(int id) => store.State.Markers.GetValueOrDefault(id);

    private object? ImageNow(int id) => store.State.Images.GetValueOrDefault(id);

    private object? GalleryNow(int id) => store.State.Galleries.GetValueOrDefault(id);

    private object? TagNow(int id) => store.State.Tags.GetValueOrDefault(id);
}
