using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.Resolvers;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash;

/// <summary>
/// The database of the simulated Stash, for filling it and for what its user does in its pages. Changes obey the server's rules; what it
/// would refuse throws <see cref="InvalidOperationException"/> with its message.
/// </summary>
public sealed class StashLibrary
{
    private static readonly JsonSerializerOptions SnapshotOptions = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private readonly LibraryStore _store;
    private readonly HookLog _hooks;

    internal StashLibrary(LibraryStore store, HookLog hooks) => (_store, _hooks) = (store, hooks);

    /// <summary>All tags, by id.</summary>
    public IReadOnlyDictionary<int, StashTag> Tags => _store.State.Tags;

    /// <summary>All scenes, by id.</summary>
    public IReadOnlyDictionary<int, StashScene> Scenes => _store.State.Scenes;

    /// <summary>All markers, by id.</summary>
    public IReadOnlyDictionary<int, StashMarker> Markers => _store.State.Markers;

    /// <summary>All images, by id.</summary>
    public IReadOnlyDictionary<int, StashImage> Images => _store.State.Images;

    /// <summary>All galleries, by id.</summary>
    public IReadOnlyDictionary<int, StashGallery> Galleries => _store.State.Galleries;

    /// <summary>The tag of exactly this name; null when there is none.</summary>
    public StashTag? FindTag(string name) => _store.State.Tags.Values.FirstOrDefault(tag => tag.Name == name);

    /// <summary>The markers of a scene, by their start.</summary>
    public IReadOnlyList<StashMarker> MarkersOf(int sceneId) =>
        [.. _store.State.MarkersOf(sceneId).OrderBy(marker => marker.Seconds).ThenBy(marker => marker.Id)];

    /// <summary>The names of a scene's tags, in order.</summary>
    public IReadOnlyList<string> TagNamesOf(int sceneId) =>
        [.. Scenes[sceneId].TagIds.Select(id => Tags[id].Name).Order(StringComparer.Ordinal)];

    /// <summary>Everything in the database as text: equal texts mean equal contents. Times are left out unless asked for.</summary>
    public string Snapshot(bool withTimes = false)
    {
        var state = _store.State;
        var json = JsonSerializer.SerializeToNode(
            new
            {
                state.Tags,
                state.Scenes,
                state.Markers,
                state.Images,
                state.Galleries,
                state.SavedFilters,
                state.Ui,
                state.PluginSettings,
            }
        )!;
        if (!withTimes)
        {
            RemoveTimes(json);
        }

        return json.ToJsonString(SnapshotOptions);
    }

    /// <summary>Adds a scene whose files a scan has found, the primary one first. Their ids are given here.</summary>
    public StashScene AddScene(string? title, params IReadOnlyList<StashFile> files)
    {
        var scene = Change(change =>
        {
            var added = new StashScene(change.NextId("scenes"), change.Now, change.Now)
            {
                Title = title,
                Files = [.. files.Select(file => file with { Id = change.NextId("files") })],
            };
            change.State = change.State with { Scenes = change.State.Scenes.Add(added.Id, added) };
            return added;
        });
        _hooks.Record("Scene.Create.Post", scene.Id);
        return scene;
    }

    /// <summary>Adds an image whose files a scan has found.</summary>
    public StashImage AddImage(string? title, params IReadOnlyList<StashFile> files)
    {
        var image = Change(change =>
        {
            var added = new StashImage(change.NextId("images"), change.Now, change.Now)
            {
                Title = title,
                Files = [.. files.Select(file => file with { Id = change.NextId("files") })],
            };
            change.State = change.State with { Images = change.State.Images.Add(added.Id, added) };
            return added;
        });
        _hooks.Record("Image.Create.Post", image.Id);
        return image;
    }

    /// <summary>Adds a gallery and puts images into it.</summary>
    public StashGallery AddGallery(string? title, params IReadOnlyList<int> imageIds) =>
        Change(change =>
        {
            var added = new StashGallery(change.NextId("galleries"), change.Now, change.Now) { Title = title };
            change.State = change.State with { Galleries = change.State.Galleries.Add(added.Id, added) };
            foreach (var id in imageIds)
            {
                change.UpdateImage(id, new MediaInput { Galleries = new IdChange(IdChangeMode.Add, [added.Id]) });
            }

            return added;
        });

    /// <summary>Adds a tag.</summary>
    public StashTag AddTag(string name, params IReadOnlyList<int> parentIds) =>
        Change(change => change.Create(new TagInput { Name = name, ParentIds = parentIds }));

    /// <summary>The tag of exactly this name, added if there is none.</summary>
    public StashTag EnsureTag(string name) => FindTag(name) ?? AddTag(name);

    /// <summary>Renames a tag.</summary>
    public StashTag RenameTag(int id, string name) => Change(change => change.Update(id, new TagInput { Name = name }));

    /// <summary>Describes a tag.</summary>
    public StashTag DescribeTag(int id, string description) =>
        Change(change => change.Update(id, new TagInput { Description = description }));

    /// <summary>Sets the other names of a tag.</summary>
    public StashTag SetAliases(int id, params IReadOnlyList<string> aliases) =>
        Change(change => change.Update(id, new TagInput { Aliases = aliases }));

    /// <summary>Sets what a tag stands under.</summary>
    public StashTag SetParents(int id, params IReadOnlyList<int> parentIds) =>
        Change(change => change.Update(id, new TagInput { ParentIds = parentIds }));

    /// <summary>Merges tags into another, which takes their names as aliases.</summary>
    public StashTag MergeTags(int destinationId, params IReadOnlyList<int> sourceIds) =>
        Change(change => change.Merge(sourceIds, destinationId));

    /// <summary>Deletes a tag; refused while it is a marker's primary one.</summary>
    public void DeleteTag(int id) => Change(change => change.DestroyTag(id));

    /// <summary>Puts tags on a scene.</summary>
    public StashScene TagScene(int id, params IReadOnlyList<int> tagIds) =>
        ChangeScene(id, new MediaInput { Tags = new IdChange(IdChangeMode.Add, tagIds) });

    /// <summary>Takes tags off a scene.</summary>
    public StashScene UntagScene(int id, params IReadOnlyList<int> tagIds) =>
        ChangeScene(id, new MediaInput { Tags = new IdChange(IdChangeMode.Remove, tagIds) });

    /// <summary>Changes a scene's title.</summary>
    public StashScene RetitleScene(int id, string title) => ChangeScene(id, new MediaInput { Title = title });

    /// <summary>Changes what a scan knows of a scene: its files, or the transcode that is served. Its time stays.</summary>
    public StashScene RescanScene(int id, Func<StashScene, StashScene> rescan) =>
        Change(change =>
        {
            var scene = rescan(change.State.Scenes[id]);
            change.State = change.State with { Scenes = change.State.Scenes.SetItem(id, scene) };
            return scene;
        });

    /// <summary>Deletes a scene and its markers.</summary>
    public void DeleteScene(int id)
    {
        Change(change => change.DestroyScene(id));
        _hooks.Record("Scene.Destroy.Post", id);
    }

    /// <summary>Puts tags on an image.</summary>
    public StashImage TagImage(int id, params IReadOnlyList<int> tagIds) =>
        Change(change => change.UpdateImage(id, new MediaInput { Tags = new IdChange(IdChangeMode.Add, tagIds) }));

    /// <summary>Takes tags off an image.</summary>
    public StashImage UntagImage(int id, params IReadOnlyList<int> tagIds) =>
        Change(change => change.UpdateImage(id, new MediaInput { Tags = new IdChange(IdChangeMode.Remove, tagIds) }));

    /// <summary>Changes what a scan knows of an image: its files. Its time stays.</summary>
    public StashImage RescanImage(int id, Func<StashImage, StashImage> rescan) =>
        Change(change =>
        {
            var image = rescan(change.State.Images[id]);
            change.State = change.State with { Images = change.State.Images.SetItem(id, image) };
            return image;
        });

    /// <summary>Deletes an image.</summary>
    public void DeleteImage(int id)
    {
        Change(change => change.DestroyImage(id));
        _hooks.Record("Image.Destroy.Post", id);
    }

    /// <summary>Takes tags off a gallery.</summary>
    public StashGallery UntagGallery(int id, params IReadOnlyList<int> tagIds) =>
        Change(change => change.UpdateGallery(id, new MediaInput { Tags = new IdChange(IdChangeMode.Remove, tagIds) }, false));

    /// <summary>Puts tags on a gallery.</summary>
    public StashGallery TagGallery(int id, params IReadOnlyList<int> tagIds) =>
        Change(change => change.UpdateGallery(id, new MediaInput { Tags = new IdChange(IdChangeMode.Add, tagIds) }, false));

    /// <summary>Adds a marker. An end is for servers that have one.</summary>
    public StashMarker AddMarker(
        int sceneId,
        int primaryTagId,
        double seconds,
        double? endSeconds = null,
        string title = "",
        IReadOnlyList<int>? tagIds = null
    ) =>
        Change(change =>
            change.CreateMarker(
                new MarkerInput
                {
                    SceneId = sceneId,
                    PrimaryTagId = primaryTagId,
                    Seconds = seconds,
                    EndSeconds = endSeconds,
                    Title = title,
                    Tags = new IdChange(IdChangeMode.Set, tagIds ?? []),
                }
            )
        );

    /// <summary>Moves a marker.</summary>
    public StashMarker MoveMarker(int id, double seconds, double? endSeconds = null) =>
        Change(change => change.UpdateMarker(id, new MarkerInput { Seconds = seconds, EndSeconds = endSeconds }));

    /// <summary>Changes a marker's title.</summary>
    public StashMarker RetitleMarker(int id, string title) => Change(change => change.UpdateMarker(id, new MarkerInput { Title = title }));

    /// <summary>Gives a marker another primary tag.</summary>
    public StashMarker RetagMarker(int id, int primaryTagId) =>
        Change(change => change.UpdateMarker(id, new MarkerInput { PrimaryTagId = primaryTagId }));

    /// <summary>Sets the additional tags of a marker.</summary>
    public StashMarker SetMarkerTags(int id, params IReadOnlyList<int> tagIds) =>
        Change(change => change.UpdateMarker(id, new MarkerInput { Tags = new IdChange(IdChangeMode.Set, tagIds) }));

    /// <summary>Saves a marker without changing it, which renews its time.</summary>
    public StashMarker TouchMarker(int id) => Change(change => change.UpdateMarker(id, new MarkerInput()));

    /// <summary>Deletes a marker.</summary>
    public void DeleteMarker(int id) => Change(change => change.DestroyMarker(id));

    /// <summary>Saves a search. <paramref name="objectFilter"/> is JSON as the server's pages write it.</summary>
    public StashSavedFilter AddSavedFilter(string mode, string name, string? objectFilter = null, string? findFilter = null) =>
        Change(change =>
        {
            var filter = new StashSavedFilter(change.NextId("saved_filters"), mode, name)
            {
                ObjectFilter = objectFilter,
                FindFilter = findFilter,
            };
            change.State = change.State with { SavedFilters = change.State.SavedFilters.Add(filter.Id, filter) };
            return filter;
        });

    /// <summary>Sets one of the settings of the pages, such as <c>vrTag</c>.</summary>
    public void SetUi(string key, string? value) =>
        Change(change =>
        {
            var ui = JsonNode.Parse(change.State.Ui)!.AsObject();
            ui[key] = value;
            change.State = change.State with { Ui = ui.ToJsonString() };
        });

    private StashScene ChangeScene(int id, MediaInput input)
    {
        var scene = Change(change => change.UpdateScene(id, input, false));
        _hooks.Record("Scene.Update.Post", id);
        return scene;
    }

    private T Change<T>(Func<LibraryTransaction, T> change)
    {
        try
        {
            return _store.Write(change);
        }
        catch (StashErrorException refusal)
        {
            throw new InvalidOperationException($"Stash refuses: {refusal.Message}", refusal);
        }
    }

    private void Change(Action<LibraryTransaction> change) =>
        Change(transaction =>
        {
            change(transaction);
            return true;
        });

    private static void RemoveTimes(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray array:
                foreach (var item in array)
                {
                    RemoveTimes(item);
                }

                break;
            case JsonObject map:
                map.Remove(nameof(StashTag.CreatedAt));
                map.Remove(nameof(StashTag.UpdatedAt));
                foreach (var (_, child) in map)
                {
                    RemoveTimes(child);
                }

                break;
        }
    }
}
