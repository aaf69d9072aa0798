using HavenVlm.Simulation.Stash.GraphQl;
using HavenVlm.Simulation.Stash.State;

namespace HavenVlm.Simulation.Stash.Filters;

/// <summary>Whether a row of the database passes a filter. A filter that is not given lets everything pass.</summary>
internal sealed class LibraryFilters(LibraryState state)
{
    public bool Tag(StashTag tag, InputObject? filter) =>
        filter is null || Criteria.Nested(filter, OwnTag(tag, filter), inner => Tag(tag, inner));

    public bool Scene(StashScene scene, InputObject? filter) =>
        filter is null || Criteria.Nested(filter, OwnScene(scene, filter), inner => Scene(scene, inner));

    public bool Image(StashImage image, InputObject? filter) =>
        filter is null || Criteria.Nested(filter, OwnImage(image, filter), inner => Image(image, inner));

    public bool Gallery(StashGallery gallery, InputObject? filter) =>
        filter is null || Criteria.Nested(filter, OwnGallery(gallery, filter), inner => Gallery(gallery, inner));

    public bool Marker(StashMarker marker, InputObject? filter)
    {
        if (filter is null)
        {
            return true;
        }

        var scene = state.Scenes[marker.SceneId];
        return MarkerTags(marker, filter.Object("tags"))
            && (filter.Id("tag_id") is not { } tagId || marker.PrimaryTagId == tagId || marker.TagIds.Contains(tagId))
            && Tags(filter.Object("scene_tags"), scene.TagIds)
            && Plain(filter.Object("scenes"), [marker.SceneId])
            && Criteria.Number(filter.Object("duration"), marker.EndSeconds - marker.Seconds)
            && Criteria.Time(filter.Object("created_at"), marker.CreatedAt)
            && Criteria.Time(filter.Object("updated_at"), marker.UpdatedAt)
            && Criteria.Time(filter.Object("scene_created_at"), scene.CreatedAt)
            && Criteria.Time(filter.Object("scene_updated_at"), scene.UpdatedAt)
            && Scene(scene, filter.Object("scene_filter"));
    }

    /// <summary>The tags of a marker are the primary one and the additional ones, except that "none" and "some" look at the additional ones alone.</summary>
    private bool MarkerTags(StashMarker marker, InputObject? criterion) =>
        criterion?.Text("modifier") is "IS_NULL" or "NOT_NULL"
            ? Tags(criterion, marker.TagIds)
            : Tags(criterion, marker.TagIds.Add(marker.PrimaryTagId));

    private bool OwnTag(StashTag tag, InputObject filter) =>
        Criteria.Text(filter.Object("name"), tag.Name)
        && Criteria.Text(filter.Object("sort_name"), tag.SortName)
        && Criteria.Text(filter.Object("aliases"), [.. tag.Aliases])
        && Criteria.Text(filter.Object("description"), tag.Description)
        && Missing(filter, name => name == "image" || string.IsNullOrWhiteSpace(name == "description" ? tag.Description : tag.Name))
        && Criteria.Number(filter.Object("scene_count"), state.Scenes.Values.Count(scene => scene.TagIds.Contains(tag.Id)))
        && Criteria.Number(filter.Object("image_count"), state.Images.Values.Count(image => image.TagIds.Contains(tag.Id)))
        && Criteria.Number(filter.Object("gallery_count"), state.Galleries.Values.Count(gallery => gallery.TagIds.Contains(tag.Id)))
        && Criteria.Number(
            filter.Object("marker_count"),
            state.Markers.Values.Count(marker => marker.PrimaryTagId == tag.Id || marker.TagIds.Contains(tag.Id))
        )
        && Criteria.Number(filter.Object("parent_count"), tag.ParentIds.Length)
        && Criteria.Number(filter.Object("child_count"), state.ChildrenOf(tag.Id).Count())
        && Relatives(filter.Object("parents"), tag.ParentIds, ParentsOf)
        && Relatives(filter.Object("children"), [.. ChildrenOf(tag.Id)], ChildrenOf)
        && Criteria.Flag(filter, "ignore_auto_tag", tag.IgnoreAutoTag)
        && Criteria.Flag(filter, "favorite", tag.Favorite)
        && Criteria.Time(filter.Object("created_at"), tag.CreatedAt)
        && Criteria.Time(filter.Object("updated_at"), tag.UpdatedAt)
        && Some(
            filter.Object("scenes_filter"),
            related => state.Scenes.Values.Any(scene => scene.TagIds.Contains(tag.Id) && Scene(scene, related))
        )
        && Some(
            filter.Object("images_filter"),
            related => state.Images.Values.Any(image => image.TagIds.Contains(tag.Id) && Image(image, related))
        )
        && Some(
            filter.Object("galleries_filter"),
            related => state.Galleries.Values.Any(gallery => gallery.TagIds.Contains(tag.Id) && Gallery(gallery, related))
        );

    private bool OwnScene(StashScene scene, InputObject filter)
    {
        var file = scene.Files.FirstOrDefault();
        return Criteria.Number(filter.Object("id"), scene.Id)
            && Criteria.Text(filter.Object("title"), scene.Title)
            && Criteria.Text(filter.Object("code"), scene.Code)
            && Criteria.Text(filter.Object("details"), scene.Details)
            && Criteria.Text(filter.Object("director"), scene.Director)
            && Criteria.Text(filter.Object("oshash"), [.. scene.Files.Select(each => each.Fingerprints.GetValueOrDefault("oshash"))])
            && Criteria.Text(filter.Object("checksum"), [.. scene.Files.Select(each => each.Fingerprints.GetValueOrDefault("md5"))])
            && Criteria.Text(filter.Object("path"), [.. scene.Files.Select(each => each.Path)])
            && Criteria.Text(filter.Object("video_codec"), [.. scene.Files.Select(each => each.VideoCodec)])
            && Criteria.Text(filter.Object("audio_codec"), [.. scene.Files.Select(each => each.AudioCodec)])
            && Criteria.Number(filter.Object("file_count"), scene.Files.Length)
            && Criteria.Number(filter.Object("rating100"), scene.Rating100)
            && Criteria.Number(filter.Object("duration"), file is null ? null : Math.Truncate(file.Duration))
            && Criteria.Number(filter.Object("framerate"), file is null ? null : Math.Round(file.FrameRate))
            && Criteria.Number(filter.Object("tag_count"), scene.TagIds.Count)
            && Criteria.Flag(filter, "organized", scene.Organized)
            && (filter.Text("has_markers") is not { } wanted || state.MarkersOf(scene.Id).Any() == (wanted == "true"))
            && Missing(filter, name => IsMissing(name, scene.Title, scene.Details, scene.TagIds.Count, scene.GalleryIds.Count))
            && Tags(filter.Object("tags"), scene.TagIds)
            && Plain(filter.Object("galleries"), scene.GalleryIds)
            && Criteria.Time(filter.Object("created_at"), scene.CreatedAt)
            && Criteria.Time(filter.Object("updated_at"), scene.UpdatedAt)
            && Some(filter.Object("galleries_filter"), related => Galleries(scene.GalleryIds, related))
            && Some(filter.Object("tags_filter"), related => scene.TagIds.Any(id => Tag(state.Tags[id], related)))
            && Some(filter.Object("markers_filter"), related => state.MarkersOf(scene.Id).Any(marker => Marker(marker, related)));
    }

    private bool OwnImage(StashImage image, InputObject filter) =>
        Criteria.Number(filter.Object("id"), image.Id)
        && Criteria.Text(filter.Object("title"), image.Title)
        && Criteria.Text(filter.Object("code"), image.Code)
        && Criteria.Text(filter.Object("details"), image.Details)
        && Criteria.Text(filter.Object("checksum"), [.. image.Files.Select(each => each.Fingerprints.GetValueOrDefault("md5"))])
        && Criteria.Text(filter.Object("path"), [.. image.Files.Select(each => each.Path)])
        && Criteria.Number(filter.Object("file_count"), image.Files.Length)
        && Criteria.Number(filter.Object("rating100"), image.Rating100)
        && Criteria.Number(filter.Object("tag_count"), image.TagIds.Count)
        && Criteria.Flag(filter, "organized", image.Organized)
        && Missing(filter, name => IsMissing(name, image.Title, image.Details, image.TagIds.Count, image.GalleryIds.Count))
        && Tags(filter.Object("tags"), image.TagIds)
        && Plain(filter.Object("galleries"), image.GalleryIds)
        && Criteria.Time(filter.Object("created_at"), image.CreatedAt)
        && Criteria.Time(filter.Object("updated_at"), image.UpdatedAt)
        && Some(filter.Object("galleries_filter"), related => Galleries(image.GalleryIds, related))
        && Some(filter.Object("tags_filter"), related => image.TagIds.Any(id => Tag(state.Tags[id], related)));

    private bool OwnGallery(StashGallery gallery, InputObject filter) =>
        Criteria.Number(filter.Object("id"), gallery.Id)
        && Criteria.Text(filter.Object("title"), gallery.Title)
        && Criteria.Text(filter.Object("code"), gallery.Code)
        && Criteria.Text(filter.Object("details"), gallery.Details)
        && Criteria.Text(filter.Object("path"), gallery.FolderPath)
        && Criteria.Number(filter.Object("rating100"), gallery.Rating100)
        && Criteria.Number(filter.Object("tag_count"), gallery.TagIds.Count)
        && Criteria.Number(filter.Object("image_count"), state.Images.Values.Count(image => image.GalleryIds.Contains(gallery.Id)))
        && Criteria.Flag(filter, "organized", gallery.Organized)
        && Missing(filter, name => IsMissing(name, gallery.Title, gallery.Details, gallery.TagIds.Count, 1))
        && Tags(filter.Object("tags"), gallery.TagIds)
        && Plain(
            filter.Object("scenes"),
            [.. state.Scenes.Values.Where(scene => scene.GalleryIds.Contains(gallery.Id)).Select(scene => scene.Id)]
        )
        && Criteria.Time(filter.Object("created_at"), gallery.CreatedAt)
        && Criteria.Time(filter.Object("updated_at"), gallery.UpdatedAt)
        && Some(
            filter.Object("scenes_filter"),
            related => state.Scenes.Values.Any(scene => scene.GalleryIds.Contains(gallery.Id) && Scene(scene, related))
        )
        && Some(
            filter.Object("images_filter"),
            related => state.Images.Values.Any(image => image.GalleryIds.Contains(gallery.Id) && Image(image, related))
        )
        && Some(filter.Object("tags_filter"), related => gallery.TagIds.Any(id => Tag(state.Tags[id], related)));

    private bool Galleries(IEnumerable<int> ids, InputObject filter) => ids.Any(id => Gallery(state.Galleries[id], filter));

    private bool Tags(InputObject? criterion, IReadOnlyCollection<int> present)
    {
        var depth = criterion?.Int("depth") ?? 0;
        if (criterion?.Text("modifier") == "EQUALS" && depth != 0)
        {
            throw new StashErrorException("depth is not supported for equals modifier in hierarchical multi criterion input");
        }

        return Criteria.Ids(criterion, present, id => state.Descendants(id, depth));
    }

    private static bool Plain(InputObject? criterion, IReadOnlyCollection<int> present) =>
        Criteria.Ids(criterion, present, id => new HashSet<int> { id });

    /// <summary>Whether a tag is a child (or deeper) of the tags asked for: their next level counts as depth 0.</summary>
    private static bool Relatives(InputObject? criterion, IReadOnlyCollection<int> direct, Func<int, IEnumerable<int>> further)
    {
        if (criterion is null)
        {
            return true;
        }

        var depth = criterion.Int("depth") ?? 0;
        var reached = new HashSet<int>(direct);
        List<int> frontier = [.. direct];
        for (var level = 0; frontier.Count > 0 && (depth < 0 || level < depth); level++)
        {
            frontier = [.. frontier.SelectMany(further).Where(reached.Add)];
        }

        return Criteria.Ids(criterion, reached, id => new HashSet<int> { id });
    }

    private IEnumerable<int> ParentsOf(int id) => state.Tags[id].ParentIds;

    private IEnumerable<int> ChildrenOf(int id) => state.ChildrenOf(id).Select(child => child.Id);

    private static bool Some(InputObject? filter, Func<InputObject, bool> related) => filter is null || related(filter);

    private static bool Missing(InputObject filter, Func<string, bool> missing) =>
        filter.Text("is_missing") is not { Length: > 0 } name || missing(name);

    private static bool IsMissing(string name, string? title, string? details, int tags, int galleries) =>
        name switch
        {
            "title" => string.IsNullOrWhiteSpace(title),
            "details" => string.IsNullOrWhiteSpace(details),
            "tags" => tags == 0,
            "galleries" => galleries == 0,
            _ => throw new NotSimulatedException($"the filter is_missing: \"{name}\""),
        };
}
