using HavenVlm.Core.Stash.Client;

namespace HavenVlm.Core.Stash.Tags;

/// <summary>What to ask Stash about tags in view of what was recorded of them, and what its answers mean.</summary>
internal sealed class TagQuestions
{
    private readonly IReadOnlyDictionary<string, RecordedTag> _recorded;
    private readonly Dictionary<string, RecordedTag> _known;
    private readonly List<string> _unknown;
    private readonly ILookup<string, string> _checked;
    private readonly List<string> _ids;

    /// <summary>Sorts out what to ask.</summary>
    /// <param name="names">Names wanted.</param>
    /// <param name="ids">Ids to be checked, with the name each was wanted under (empty = unknown).</param>
    /// <param name="recorded">The recorded tag of each name.</param>
    public TagQuestions(IReadOnlyCollection<string> names, IEnumerable<PublishedTag> ids, IReadOnlyDictionary<string, RecordedTag> recorded)
    {
        _recorded = recorded;
        var wanted = names.Select(name => name.Trim()).ToHashSet(StringComparer.Ordinal);
        _known = wanted.Where(recorded.ContainsKey).ToDictionary(name => name, name => recorded[name], StringComparer.Ordinal);
        _unknown = [.. wanted.Where(name => !_known.ContainsKey(name))];
        _checked = ids.Where(tag => StashText.IsId(tag.Id)).ToLookup(tag => tag.Id, tag => tag.Name.Trim(), StringComparer.Ordinal);
        _ids = [.. _checked.Select(group => group.Key).Concat(_known.Values.Select(tag => tag.Id)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The first request: other queries, then ids, then names of which nothing is recorded.</summary>
    public TagLookupBatch FirstBatch(IReadOnlyList<GraphQlCall> others)
    {
        var batch = new TagLookupBatch(others);
        _ids.ForEach(batch.AddId);
        _unknown.ForEach(batch.AddName);
        return batch;
    }

    /// <summary>Wanted names whose recorded tag is still the same one.</summary>
    public IReadOnlyDictionary<string, StashTag> Unchanged(TagsFound found) => Still(_known, found);

    /// <summary>Wanted names whose recorded tag is gone, or is another one under the same id.</summary>
    public IReadOnlyList<KeyValuePair<string, RecordedTag>> Lost(TagsFound found) =>
        [.. _known.Where(entry => !IsStill(entry.Value, found))];

    /// <summary>Every recorded tag that was seen again, by name.</summary>
    public Dictionary<string, StashTag> StillRecorded(TagsFound found) => Still(_recorded, found);

    /// <summary>
    /// For each checked id that is gone, the names that the tag had with us and in Stash; the tag that it was merged into has them as aliases.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> FormerNamesOfGone(TagsFound found) =>
        _ids.Where(id => _checked.Contains(id) && !found.Ids.ContainsKey(id)).ToDictionary(id => id, FormerNames, StringComparer.Ordinal);

    private IReadOnlyList<string> FormerNames(string id) =>
        [
            .. _recorded
                .Where(entry => entry.Value.Id.Equals(id, StringComparison.Ordinal))
                .SelectMany(entry => new[] { entry.Value.LastName, entry.Key })
                .OfType<string>()
                .Concat(_checked[id])
                .Where(name => name.Length > 0)
                .Distinct(StringComparer.Ordinal),
        ];

    private static Dictionary<string, StashTag> Still(IReadOnlyDictionary<string, RecordedTag> records, TagsFound found) =>
        records
            .Where(entry => IsStill(entry.Value, found))
            .ToDictionary(entry => entry.Key, entry => found.Ids[entry.Value.Id], StringComparer.Ordinal);

    private static bool IsStill(RecordedTag record, TagsFound found) => found.Ids.TryGetValue(record.Id, out var tag) && record.Is(tag);
}
