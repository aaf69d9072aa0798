using HavenVlm.Core.Common;
using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>The tags of a question, found again under the spellings that models give them: other case, quotes, underscores for blanks.</summary>
internal sealed class TagNames
{
    private static readonly HashSet<string> NoneWords = new(StringComparer.Ordinal)
    {
        "none",
        "none of the above",
        "none of these",
        "none of them",
        "none apply",
        "none applies",
        "none visible",
        "nothing",
        "nothing visible",
        "null",
        "nil",
        "n a",
        "n/a",
        "na",
        "no",
        "no tag",
        "no tags",
        "no tags apply",
        "no tag applies",
        "no tags visible",
        "no match",
        "no matches",
        "no matching tag",
        "no matching tags",
        "no relevant tags",
        "no applicable tags",
        "empty",
    };

    private const int RecitalSize = 4;
    private const int MaxNameLength = 512;

    private readonly (string Line, string Name)[] _lines;
    private readonly int _maxLength;
    private readonly Dictionary<string, string> _byNormal = new(StringComparer.Ordinal);

    /// <summary>Tags by their exact names.</summary>
    public TagNames(IEnumerable<string> names)
        : this(names.Select(name => new VlmTag(name, ""))) { }

    /// <summary>Tags as the model was asked for them: it may repeat a whole line of the list.</summary>
    public TagNames(IEnumerable<VlmTag> tags)
        : this([.. tags], hasIds: false) { }

    private TagNames(IReadOnlyList<VlmTag> asked, bool hasIds)
    {
        All = [.. asked.Select(tag => tag.Name)];
        _lines =
        [
            .. asked
                .Select((tag, i) => (Line: hasIds ? tag.NumberedLine(i) : tag.Line, tag.Name))
                .Where(line => !line.Line.Equals(line.Name, StringComparison.Ordinal)),
        ];
        _maxLength = _lines.Select(line => line.Line.Length).Append(MaxNameLength).Max();
        foreach (var name in All)
        {
            _byNormal.TryAdd(TagSpelling.Normalize(name), name);
        }

        foreach (var name in All)
        {
            // Exact spelling wins where two tags differ only in what normalising takes away.
            _byNormal[name] = name;
        }

        for (var i = 0; i < asked.Count; i++)
        {
            // A name of the user's own choice wins.
            string[] others = hasIds ? [VlmTag.Id(i), .. asked[i].Aliases] : [.. asked[i].Aliases];
            foreach (var other in others)
            {
                _byNormal.TryAdd(TagSpelling.Normalize(other), asked[i].Name);
            }
        }

        foreach (var (line, name) in _lines)
        {
            _byNormal.TryAdd(TagSpelling.Normalize(line), name);
        }

        Written =
        [
            .. All.Concat(asked.SelectMany(tag => tag.Aliases))
                .SelectMany(name => (string[])[name, name.Replace('_', ' '), name.Replace(' ', '_'), name.Replace(' ', '-')])
                .Where(name => name.Trim().Length > 0)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
    }

    /// <summary>The names of a question, with its ids where it has some.</summary>
    public static TagNames Of(VlmQuestion question) => new(question.Tags, question.HasIds);

    /// <summary>The exact names in the question's order.</summary>
    public IReadOnlyList<string> All { get; }

    /// <summary>The spellings under which a sentence may name a tag.</summary>
    public IReadOnlyList<string> Written { get; }

    /// <summary>The tag that a text is, in whatever spelling; null = none of the question's.</summary>
    public string? Find(string text)
    {
        if (text.Length > _maxLength)
        {
            return null;
        }

        var trimmed = text.Trim();
        return _byNormal.TryGetValue(trimmed, out var exact) ? exact : _byNormal.GetValueOrDefault(TagSpelling.Normalize(trimmed));
    }

    /// <summary>A text in which repeated lines of the list are mere names; null when the whole list is repeated, which says nothing.</summary>
    public string? WithoutLines(string text)
    {
        var repeated = 0;
        foreach (var (line, name) in _lines)
        {
            if (text.Contains(line, StringComparison.OrdinalIgnoreCase))
            {
                text = text.Replace(line, name, StringComparison.OrdinalIgnoreCase);
                repeated++;
            }
        }

        return repeated >= RecitalSize && repeated == All.Count ? null : text;
    }

    /// <summary>Whether a text says in so many words that no tag applies.</summary>
    public bool IsNone(string text) => text.Length <= 64 && Find(text) is null && NoneWords.Contains(TagSpelling.Normalize(text));
}
