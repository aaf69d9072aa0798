using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Tags;

/// <summary>What was found about tags.</summary>
/// <param name="ByName">The tag that each name stands for; a name that stands for none is left out.</param>
/// <param name="Vanished">Ids that are gone, each with the id of the tag that took its name over (by a merge), or null.</param>
/// <param name="ById">The tags that the ids stand for.</param>
/// <param name="Others">Results of the calls that went along.</param>
internal sealed record TagLookup(
    IReadOnlyDictionary<string, StashTag> ByName,
    IReadOnlyDictionary<string, StashTag> ById,
    IReadOnlyDictionary<string, string?> Vanished,
    GraphQlResults Others
);

/// <summary>
/// Finds the tag that a name stands for: the recorded one if it still exists, else the one of exactly that name, else the one that has it
/// as an alias; creates what is missing under <c>VLM</c>. A tag that the user has is used as it is.
/// </summary>
internal sealed class TagResolver(StashClient client, TagRegistry registry)
{
    /// <summary>Looks up names, and whether ids still exist; other queries go along in the same request, first.</summary>
    /// <param name="names">Names wanted.</param>
    /// <param name="ids">Ids to be checked, with the name each was wanted under (empty = unknown).</param>
    /// <param name="others">Queries that go along.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<TagLookup> LookUpAsync(
        IReadOnlyCollection<string> names,
        IEnumerable<PublishedTag> ids,
        IReadOnlyList<GraphQlCall> others,
        CancellationToken cancellationToken
    )
    {
        var questions = new TagQuestions(names, ids, await registry.ReadAsync(cancellationToken));
        var found = await questions.FirstBatch(others).SendAsync(client, cancellationToken);
        var byName = found.Names.With(questions.Unchanged(found));

        var lost = questions.Lost(found);
        var formerNames = questions.FormerNamesOfGone(found);
        var successors = await FindSuccessorsAsync(
            byName,
            lost.SelectMany(tag => new[] { tag.Key, tag.Value.LastName }).Concat(formerNames.Values.SelectMany(former => former)),
            cancellationToken
        );
        byName = byName.With(
            from tag in lost
            let successor = successors.GetValueOrDefault(tag.Key) ?? successors.GetValueOrDefault(tag.Value.LastName ?? tag.Key)
            where successor is not null
            select KeyValuePair.Create(tag.Key, successor)
        );
        await registry.RecordAsync(Recordable(questions.StillRecorded(found).With(byName), ours: false), cancellationToken);
        return new TagLookup(byName, found.Ids, SuccessorIds(formerNames, successors), found.Results);
    }

    /// <summary>Creates tags, or finds them when somebody else creates them at the same moment.</summary>
    /// <exception cref="StashException">Stash refuses a name.</exception>
    public async Task<IReadOnlyDictionary<string, StashTag>> CreateAsync(
        IReadOnlyCollection<string> names,
        string? parentId,
        CancellationToken cancellationToken
    )
    {
        if (names.Count == 0)
        {
            return new Dictionary<string, StashTag>(StringComparer.Ordinal);
        }

        var wanted = names.Select(name => name.Trim()).Distinct(StringComparer.Ordinal).ToList();
        await registry.IntendAsync(wanted, cancellationToken);
        var results = await client.SendAsync([.. wanted.Select(name => StashClient.CreateTagCall(name, parentId))], cancellationToken);
        var made = new Dictionary<string, StashTag>(StringComparer.Ordinal);
        var refused = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < wanted.Count; i++)
        {
            if (results.Get<StashTag>(i) is { } tag)
            {
                made[wanted[i]] = tag;
            }
            else
            {
                refused[wanted[i]] =
                    results.Errors.FirstOrDefault(error => error.Call is null || error.Call == i)?.Message ?? "no reason given";
            }
        }

        await registry.RecordAsync(Recordable(made, ours: true), cancellationToken);
        if (refused.Count == 0)
        {
            return made;
        }

        var found = await FindRefusedAsync(refused, cancellationToken);
        await registry.RecordAsync(Recordable(found, ours: false), cancellationToken);
        return made.With(found);
    }

    /// <summary>The tags that names stand for now, beside those already found: what took over a tag that is gone has its name or alias.</summary>
    private async Task<IReadOnlyDictionary<string, StashTag>> FindSuccessorsAsync(
        IReadOnlyDictionary<string, StashTag> found,
        IEnumerable<string?> names,
        CancellationToken cancellationToken
    )
    {
        var again = names.OfType<string>().Where(name => !found.ContainsKey(name)).Distinct(StringComparer.Ordinal).ToList();
        if (again.Count == 0)
        {
            return found;
        }

        var batch = new TagLookupBatch([]);
        again.ForEach(batch.AddName);
        return found.With((await batch.SendAsync(client, cancellationToken)).Names);
    }

    /// <summary>For each id that is gone, the id of the first of its former names that stands for a tag; null = none does.</summary>
    private static Dictionary<string, string?> SuccessorIds(
        IReadOnlyDictionary<string, IReadOnlyList<string>> formerNames,
        IReadOnlyDictionary<string, StashTag> successors
    ) =>
        formerNames.ToDictionary(
            former => former.Key,
            former => former.Value.Select(name => successors.GetValueOrDefault(name)?.Id).FirstOrDefault(id => id is not null),
            StringComparer.Ordinal
        );

    private async Task<IReadOnlyDictionary<string, StashTag>> FindRefusedAsync(
        Dictionary<string, string> refused,
        CancellationToken cancellationToken
    )
    {
        var batch = new TagLookupBatch([]);
        refused.Keys.ToList().ForEach(batch.AddName);
        var found = await batch.SendAsync(client, cancellationToken);
        foreach (var (name, message) in refused.Where(entry => !found.Names.ContainsKey(entry.Key)))
        {
            // Stash compares a new name with LIKE, so `_` and `%` in it match any character of a name that exists.
            throw found.Similar.TryGetValue(name, out var similar)
                ? new StashException(
                    StashErrorKind.NeedsUser,
                    $"Stash cannot create the tag '{StashText.Clean(name)}' because it takes '{StashText.Clean(similar)}' for the same name. Rename that tag in Stash, or use another name."
                )
                : new StashException(StashErrorKind.Refused, $"Stash refuses to create the tag '{StashText.Clean(name)}': {message}");
        }

        return found.Names;
    }

    private static Dictionary<string, RecordedTag> Recordable(IReadOnlyDictionary<string, StashTag> tags, bool ours) =>
        tags.ToDictionary(
            entry => entry.Key,
            entry => new RecordedTag(entry.Value.Id, entry.Value.CreatedAt, ours, entry.Value.Name)
            {
                LooksCreated = entry.Value.IgnoreAutoTag == true && entry.Value.Name.Equals(entry.Key, StringComparison.Ordinal),
            },
            StringComparer.Ordinal
        );
}
