using System.Runtime.InteropServices;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>What a sentence says of a tag.</summary>
internal enum TagVerdict
{
    /// <summary>It can't be told.</summary>
    Unclear,

    /// <summary>It is there.</summary>
    Yes,

    /// <summary>It is not there.</summary>
    No,
}

/// <summary>A tag in a sentence.</summary>
/// <param name="Tag">The question's tag.</param>
/// <param name="Written">As the sentence writes it.</param>
/// <param name="Verdict">What is said of it.</param>
/// <param name="Confidence">How sure; null = nothing is said.</param>
internal readonly record struct TagStatement(string Tag, string Written, TagVerdict Verdict, double? Confidence);

/// <summary>What all sentences of a text say together. A tag of which two say different things, or none a clear one, makes the text unusable.</summary>
internal sealed class ProseVerdicts(TagNames tags)
{
    private const int RecitalFrom = 4;

    private readonly List<string> _order = [];
    private readonly Dictionary<string, Said> _said = new(StringComparer.Ordinal);
    private bool _saysNone;
    private bool _deniesRest;

    /// <summary>A sentence speaks of a tag.</summary>
    public void Add(TagStatement statement)
    {
        ref var said = ref CollectionsMarshal.GetValueRefOrAddDefault(_said, statement.Tag, out var exists);
        if (!exists)
        {
            _order.Add(statement.Tag);
        }

        var isFirstYes = statement.Verdict == TagVerdict.Yes && !said.IsYes;
        said = new Said(
            said.IsYes || statement.Verdict == TagVerdict.Yes,
            said.IsNo || statement.Verdict == TagVerdict.No,
            isFirstYes ? statement.Written : said.Written,
            isFirstYes ? statement.Confidence : said.Confidence
        );
    }

    /// <summary>A sentence says that no tag applies, or none of those that are not named.</summary>
    public void AddNone(bool isAboutRest)
    {
        _saysNone |= !isAboutRest;
        _deniesRest |= isAboutRest;
    }

    /// <summary>The answer; null when it can't be told.</summary>
    public TagMentions? Decide()
    {
        var mentions = new TagMentions();
        var denied = 0;
        foreach (var tag in _order)
        {
            var said = _said[tag];
            if (said.IsYes == said.IsNo)
            {
                return null;
            }

            if (said.IsYes)
            {
                mentions.Add(tag, said.Written!, said.Confidence);
            }
            else
            {
                denied++;
            }
        }

        if (mentions.Mentions.Count == 0)
        {
            return _saysNone || _deniesRest || denied == tags.All.Count ? mentions : null;
        }

        // A recital of the whole list is no answer.
        var isRecital =
            mentions.Mentions.Count == tags.All.Count && tags.All.Count >= RecitalFrom && mentions.Mentions.All(m => m.Confidence is null);
        return isRecital || _saysNone ? null : mentions;
    }

    private readonly record struct Said(bool IsYes, bool IsNo, string? Written, double? Confidence);
}
