using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Tags;

/// <summary>Lookups that are sent as one request.</summary>
internal sealed class TagLookupBatch(IReadOnlyList<GraphQlCall> others)
{
    private readonly List<GraphQlCall> _calls = [.. others];
    private readonly List<(int Call, string Id)> _ids = [];
    private readonly List<(int Call, string Name)> _names = [];

    /// <summary>Asks whether an id exists.</summary>
    public void AddId(string id)
    {
        _ids.Add((_calls.Count, id));
        _calls.Add(StashClient.FindTagCall(id));
    }

    /// <summary>Asks which tag has a name or, if none has, that alias.</summary>
    public void AddName(string name)
    {
        _names.Add((_calls.Count, name));
        _calls.Add(StashClient.FindTagsByNameCall(name));
        _calls.Add(StashClient.FindTagsByAliasCall(name));
    }

    /// <summary>Sends what was asked; nothing when nothing was.</summary>
    public async Task<TagsFound> SendAsync(StashClient client, CancellationToken cancellationToken)
    {
        var found = new TagsFound();
        if (_calls.Count == 0)
        {
            return found;
        }

        var results = (await client.QueryAsync(_calls, cancellationToken)).OrThrow();
        found.Results = results;
        foreach (var (call, id) in _ids)
        {
            if (results.Get<StashTag>(call) is { } tag)
            {
                found.Ids[id] = tag;
            }
        }

        foreach (var (call, name) in _names)
        {
            var byName = StashClient.ReadTags(results, call);
            var tag = StashTagMatch.ByName(byName, name) ?? StashTagMatch.ByAlias(StashClient.ReadTags(results, call + 1), name);
            if (tag is not null)
            {
                found.Names[name] = tag;
            }
            else if (byName.Count > 0)
            {
                found.Similar[name] = byName[0].Name;
            }
        }

        return found;
    }
}

/// <summary>What a batch of lookups found.</summary>
internal sealed class TagsFound
{
    /// <summary>Tags by id.</summary>
    public Dictionary<string, StashTag> Ids { get; } = new(StringComparer.Ordinal);

    /// <summary>Tags by the name asked for.</summary>
    public Dictionary<string, StashTag> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>For names that no tag has: a name that Stash takes for the same.</summary>
    public Dictionary<string, string> Similar { get; } = new(StringComparer.Ordinal);

    /// <summary>Results of the calls that went along.</summary>
    public GraphQlResults Results { get; set; } = GraphQlResults.Empty;
}
