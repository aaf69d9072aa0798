using HavenVlm.Core.Analysis.Log;
using HavenVlm.Core.Common;
using HavenVlm.Core.Configuration;

namespace HavenVlm.Core.Analysis;

/// <summary>Reads names that nobody asked for when an answer came, but that are aliases of a tag today: nothing is asked again for them.</summary>
internal static class AdoptedNames
{
    /// <summary>The records, each with the tags that its further names are today.</summary>
    public static IReadOnlyList<FrameRecord> In(IReadOnlyList<FrameRecord> records, IReadOnlyList<WantedTag> tags, TagSelection selection)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            foreach (var alias in tag.Aliases)
            {
                owners.TryAdd(TagSpelling.Normalize(alias), tag.Name);
            }
        }

        return owners.Count == 0 ? records : [.. records.Select(record => Of(record, owners, selection))];
    }

    private static FrameRecord Of(FrameRecord record, Dictionary<string, string> owners, TagSelection selection)
    {
        // Of several tags that a frame may not have together the one that was asked for counts.
        if (record.Answer is not { Tags: { } known, UnknownNames.Count: > 0 } || (selection == TagSelection.Single && known.Count > 0))
        {
            return record;
        }

        var left = new Dictionary<string, double>(StringComparer.Ordinal);
        var seen = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, confidence) in record.Answer.UnknownNames.OrderByDescending(name => name.Value))
        {
            var owner = owners.GetValueOrDefault(TagSpelling.Normalize(name));
            if (owner is null || !record.Vocabulary.Hashes.ContainsKey(owner) || (selection == TagSelection.Single && seen.Count > 0))
            {
                left.Add(name, confidence);
            }
            else
            {
                seen.TryAdd(owner, confidence);
            }
        }

        if (seen.Count == 0)
        {
            return record;
        }

        foreach (var (tag, confidence) in known)
        {
            seen[tag] = confidence;
        }

        var adopted = record.Answer.UnknownNames.Count - left.Count;
        return record with
        {
            Answer = record.Answer with
            {
                Tags = seen,
                UnknownNames = left,
                UnknownTags = Math.Max(0, record.Answer.UnknownTags - adopted),
            },
        };
    }
}
