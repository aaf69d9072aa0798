using System.Collections.Immutable;
using HavenVlm.Simulation.Stash.GraphQl;

namespace HavenVlm.Simulation.Stash.State;

/// <summary>What may be given for a scene, an image or a gallery; what is null stays as it is.</summary>
internal sealed record MediaInput
{
    public string? Title { get; init; }

    public string? Code { get; init; }

    public string? Details { get; init; }

    public string? Director { get; init; }

    public int? Rating100 { get; init; }

    public bool? Organized { get; init; }

    public IdChange? Tags { get; init; }

    public IdChange? Galleries { get; init; }
}

/// <summary>Changing and deleting scenes, images and galleries. Every update renews the time, also one that changes nothing.</summary>
internal static class MediaChanges
{
    public static StashScene UpdateScene(this LibraryTransaction transaction, int id, MediaInput input, bool bulk)
    {
        var tables = ("scenes_tags", "scenes_galleries");
        if (!transaction.State.Scenes.TryGetValue(id, out var scene))
        {
            throw bulk ? MissingInBulk(input, tables) : new StashErrorException($"scene with id {id} not found");
        }

        var (tags, galleries) = transaction.Apply(input, scene.TagIds, scene.GalleryIds, tables);
        scene = scene with
        {
            Title = input.Title ?? scene.Title,
            Code = input.Code ?? scene.Code,
            Details = input.Details ?? scene.Details,
            Director = input.Director ?? scene.Director,
            Rating100 = input.Rating100 ?? scene.Rating100,
            Organized = input.Organized ?? scene.Organized,
            TagIds = tags,
            GalleryIds = galleries,
            UpdatedAt = transaction.Now,
        };
        transaction.State = transaction.State with { Scenes = transaction.State.Scenes.SetItem(id, scene) };
        return scene;
    }

    public static StashImage UpdateImage(this LibraryTransaction transaction, int id, MediaInput input)
    {
        if (!transaction.State.Images.TryGetValue(id, out var image))
        {
            throw new StashErrorException($"image with id {id} not found");
        }

        var (tags, galleries) = transaction.Apply(input, image.TagIds, image.GalleryIds, ("images_tags", "galleries_images"));
        image = image with
        {
            Title = input.Title ?? image.Title,
            Code = input.Code ?? image.Code,
            Details = input.Details ?? image.Details,
            Rating100 = input.Rating100 ?? image.Rating100,
            Organized = input.Organized ?? image.Organized,
            TagIds = tags,
            GalleryIds = galleries,
            UpdatedAt = transaction.Now,
        };
        transaction.State = transaction.State with { Images = transaction.State.Images.SetItem(id, image) };
        return image;
    }

    public static StashGallery UpdateGallery(this LibraryTransaction transaction, int id, MediaInput input, bool bulk)
    {
        var tables = ("galleries_tags", "");
        if (!transaction.State.Galleries.TryGetValue(id, out var gallery))
        {
            throw bulk ? MissingInBulk(input, tables) : new StashErrorException("gallery not found");
        }

        var (tags, _) = transaction.Apply(input, gallery.TagIds, [], tables);
        gallery = gallery with
        {
            Title = input.Title ?? gallery.Title,
            Code = input.Code ?? gallery.Code,
            Details = input.Details ?? gallery.Details,
            Rating100 = input.Rating100 ?? gallery.Rating100,
            Organized = input.Organized ?? gallery.Organized,
            TagIds = tags,
            UpdatedAt = transaction.Now,
        };
        transaction.State = transaction.State with { Galleries = transaction.State.Galleries.SetItem(id, gallery) };
        return gallery;
    }

    /// <summary>A scene takes its markers with it.</summary>
    public static void DestroyScene(this LibraryTransaction transaction, int id)
    {
        var state = transaction.State;
        if (!state.Scenes.ContainsKey(id))
        {
            throw new StashErrorException($"scene with id {id} not found");
        }

        transaction.State = state with
        {
            Scenes = state.Scenes.Remove(id),
            Markers = state.Markers.RemoveRange(state.MarkersOf(id).Select(marker => marker.Id)),
        };
    }

    public static void DestroyImage(this LibraryTransaction transaction, int id)
    {
        if (!transaction.State.Images.ContainsKey(id))
        {
            throw new StashErrorException($"image with id {id} not found");
        }

        transaction.State = transaction.State with { Images = transaction.State.Images.Remove(id) };
    }

    private static (ImmutableSortedSet<int> Tags, ImmutableSortedSet<int> Galleries) Apply(
        this LibraryTransaction transaction,
        MediaInput input,
        ImmutableSortedSet<int> tags,
        ImmutableSortedSet<int> galleries,
        (string Tags, string Galleries) tables
    )
    {
        transaction.RequireTags(input.Tags?.Written ?? [], tables.Tags);
        if ((input.Galleries?.Written ?? []).Any(id => !transaction.State.Galleries.ContainsKey(id)))
        {
            throw LibraryTransaction.ForeignKey($"inserting into {tables.Galleries}");
        }

        return (input.Tags?.Apply(tags) ?? tags, input.Galleries?.Apply(galleries) ?? galleries);
    }

    /// <summary>A bulk update does not look whether the id exists: writing a link to it fails in the database, else reading the result does.</summary>
    private static StashErrorException MissingInBulk(MediaInput input, (string Tags, string Galleries) tables) =>
        input switch
        {
            { Tags: { } tags } when tags.Written.Any() => LibraryTransaction.ForeignKey($"inserting into {tables.Tags}"),
            { Galleries: { } galleries } when galleries.Written.Any() => LibraryTransaction.ForeignKey(
                $"inserting into {tables.Galleries}"
            ),
            _ => new StashErrorException("sql: no rows in result set"),
        };
}
