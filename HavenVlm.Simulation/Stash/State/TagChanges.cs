using System.Collections.Immutable;
using HavenVlm.Simulation.Stash.GraphQl;

namespace HavenVlm.Simulation.Stash.State;

/// <summary>What may be given for a tag; what is null stays as it is.</summary>
internal sealed record TagInput
{
    public string? Name { get; init; }

    public string? SortName { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string>? Aliases { get; init; }

    public bool? IgnoreAutoTag { get; init; }

    public bool? Favorite { get; init; }

    public IReadOnlyList<int>? ParentIds { get; init; }

    public IReadOnlyList<int>? ChildIds { get; init; }
}

/// <summary>Creating, changing, merging and deleting tags under Stash's rules for their names.</summary>
internal static class TagChanges
{
    public static StashTag Create(this LibraryTransaction transaction, TagInput input)
    {
        var name = transaction.Clean(input.Name ?? "");
        transaction.RequireName(name);
        transaction.RequireUnique(0, name);
        foreach (var alias in input.Aliases ?? [])
        {
            transaction.RequireUnique(0, transaction.Clean(alias));
        }

        var id = transaction.NextId("tags");
        transaction.RequireTags([.. input.ParentIds ?? [], .. input.ChildIds ?? []], "tags_relations");
        var tag = new StashTag(id, name, transaction.Now, transaction.Now);
        transaction.Put(Fill(transaction, tag, input));
        transaction.SetChildren(id, input.ChildIds);
        TagHierarchy.Require(transaction.State, id);
        return transaction.State.Tags[id];
    }

    public static StashTag Update(this LibraryTransaction transaction, int id, TagInput input)
    {
        if (!transaction.State.Tags.TryGetValue(id, out var tag))
        {
            throw new StashErrorException($"tag with id {id} not found");
        }

        if (input.Name is not null)
        {
            var name = transaction.Version == StashVersion.Old2023 ? input.Name : transaction.Clean(input.Name);
            transaction.RequireName(name);
            if (transaction.Version != StashVersion.Old2023 || name != tag.Name)
            {
                transaction.RequireUnique(id, name);
            }

            tag = tag with { Name = name };
        }

        foreach (var alias in input.Aliases ?? [])
        {
            transaction.RequireUnique(id, transaction.Clean(alias));
        }

        transaction.RequireTags([.. input.ParentIds ?? [], .. input.ChildIds ?? []], "tags_relations");
        transaction.Put(Fill(transaction, tag with { UpdatedAt = transaction.Now }, input));
        transaction.SetChildren(id, input.ChildIds);
        TagHierarchy.Require(transaction.State, id);
        return transaction.State.Tags[id];
    }

    public static void DestroyTag(this LibraryTransaction transaction, int id)
    {
        var state = transaction.State;
        if (state.Markers.Values.Any(marker => marker.PrimaryTagId == id))
        {
            throw new StashErrorException("cannot delete tag used as a primary tag in scene markers");
        }

        if (!state.Tags.ContainsKey(id))
        {
            throw new StashErrorException($"id {id} does not exist in tags");
        }

        transaction.Retag(ids => ids.Remove(id));
        state = transaction.State;
        transaction.State = state with
        {
            Tags = state
                .Tags.Remove(id)
                .SetItems(
                    state
                        .ChildrenOf(id)
                        .Where(child => child.Id != id)
                        .Select(child => KeyValuePair.Create(child.Id, child with { ParentIds = child.ParentIds.Remove(id) }))
                ),
        };
    }

    /// <summary>Everything that carried a source carries the destination, whose aliases the sources' names become. Nothing's time changes.</summary>
    public static StashTag Merge(this LibraryTransaction transaction, IReadOnlyList<int> sources, int destination)
    {
        if (!transaction.State.Tags.TryGetValue(destination, out var target))
        {
            throw new StashErrorException($"tag with id {destination} not found");
        }

        if (sources.Contains(destination))
        {
            throw new StashErrorException("cannot merge where source == destination");
        }

        List<int> all = [destination, .. sources];
        var merged = all.Where(transaction.State.Tags.ContainsKey).Select(id => transaction.State.Tags[id]).ToList();
        var parents = merged.SelectMany(tag => tag.ParentIds).Distinct().Except(all).ToList();
        var children = all.SelectMany(transaction.State.ChildrenOf).Select(tag => tag.Id).Distinct().Except(all).ToList();
        transaction.Retag(ids => ids.Overlaps(sources) ? ids.Except(sources).Add(destination) : ids);
        var state = transaction.State;
        transaction.State = state with
        {
            Markers = state.Markers.SetItems(
                state
                    .Markers.Values.Where(marker => sources.Contains(marker.PrimaryTagId))
                    .Select(marker => KeyValuePair.Create(marker.Id, marker with { PrimaryTagId = destination }))
            ),
        };
        var names = merged.Skip(1).SelectMany(tag => tag.Aliases.Prepend(tag.Name));
        transaction.Put(target with { Aliases = [.. target.Aliases.Concat(names)], ParentIds = [.. parents] });
        foreach (var source in sources)
        {
            transaction.DestroyTag(source);
        }

        transaction.SetChildren(destination, children);
        TagHierarchy.Require(transaction.State, destination);
        return transaction.State.Tags[destination];
    }

    private static StashTag Fill(LibraryTransaction transaction, StashTag tag, TagInput input) =>
        tag with
        {
            SortName = input.SortName ?? tag.SortName,
            Description = input.Description ?? tag.Description,
            Aliases = input.Aliases is { } aliases ? [.. aliases.Select(transaction.Clean)] : tag.Aliases,
            IgnoreAutoTag = input.IgnoreAutoTag ?? tag.IgnoreAutoTag,
            Favorite = input.Favorite ?? tag.Favorite,
            ParentIds = input.ParentIds is { } parents ? [.. parents.Distinct()] : tag.ParentIds,
        };

    private static void Put(this LibraryTransaction transaction, StashTag tag) =>
        transaction.State = transaction.State with { Tags = transaction.State.Tags.SetItem(tag.Id, tag) };

    private static void SetChildren(this LibraryTransaction transaction, int id, IReadOnlyList<int>? children)
    {
        if (children is null)
        {
            return;
        }

        foreach (var tag in transaction.State.Tags.Values)
        {
            var wanted = children.Contains(tag.Id);
            if (wanted != tag.ParentIds.Contains(id))
            {
                transaction.Put(tag with { ParentIds = wanted ? tag.ParentIds.Add(id) : tag.ParentIds.Remove(id) });
            }
        }
    }

    /// <summary>Changes the additional tags of everything that carries tags.</summary>
    private static void Retag(this LibraryTransaction transaction, Func<ImmutableSortedSet<int>, ImmutableSortedSet<int>> change)
    {
        var state = transaction.State;
        transaction.State = state with
        {
            Scenes = Change(state.Scenes, scene => scene.TagIds, (scene, ids) => scene with { TagIds = ids }),
            Markers = Change(state.Markers, marker => marker.TagIds, (marker, ids) => marker with { TagIds = ids }),
            Images = Change(state.Images, image => image.TagIds, (image, ids) => image with { TagIds = ids }),
            Galleries = Change(state.Galleries, gallery => gallery.TagIds, (gallery, ids) => gallery with { TagIds = ids }),
        };

        ImmutableSortedDictionary<int, T> Change<T>(
            ImmutableSortedDictionary<int, T> rows,
            Func<T, ImmutableSortedSet<int>> read,
            Func<T, ImmutableSortedSet<int>, T> write
        ) =>
            rows.SetItems(
                rows.Select(row => (row, ids: change(read(row.Value))))
                    .Where(item => item.ids != read(item.row.Value))
                    .Select(item => KeyValuePair.Create(item.row.Key, write(item.row.Value, item.ids)))
            );
    }

    private static string Clean(this LibraryTransaction transaction, string name) =>
        transaction.Version >= StashVersion.Release30 ? name.Trim() : name;

    private static void RequireName(this LibraryTransaction transaction, string name)
    {
        if (name.Length == 0 && transaction.Version >= StashVersion.Release27)
        {
            throw new StashErrorException("tag name must not be blank");
        }
    }

    /// <summary>The server looks for the name with <c>LIKE</c>, so a name with <c>_</c> clashes with one that has any letter there.</summary>
    private static void RequireUnique(this LibraryTransaction transaction, int id, string name)
    {
        var tags = transaction.State.Tags.Values;
        var sameName = tags.Where(tag => SqlLike.Matches(tag.Name, name)).OrderBy(tag => tag.Name, NaturalOrder.Comparer).FirstOrDefault();
        if (sameName is not null && sameName.Id != id)
        {
            throw new StashErrorException($"tag with name '{name}' already exists");
        }

        var sameAlias = tags.Where(tag => tag.Aliases.Any(alias => SqlLike.Matches(alias, name)))
            .OrderBy(tag => tag.Name, NaturalOrder.Comparer)
            .FirstOrDefault();
        if (sameAlias is not null && sameAlias.Id != id)
        {
            throw new StashErrorException($"name '{name}' is used as alias for '{sameAlias.Name}'");
        }
    }
}
