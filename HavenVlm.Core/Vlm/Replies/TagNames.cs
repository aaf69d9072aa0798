using System.Text;
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
    {
        VlmTag[] asked = [.. tags];
        All = [.. asked.Select(tag => tag.Name)];
        _lines = [.. asked.Where(tag => !string.IsNullOrWhiteSpace(tag.Description)).Select(tag => (tag.Line, tag.Name))];
        _maxLength = _lines.Select(line => line.Line.Length).Append(MaxNameLength).Max();
        foreach (var name in All)
        {
            _byNormal.TryAdd(Normalize(name), name);
        }

        foreach (var name in All)
        {
            // Exact spelling wins where two tags differ only in what normalising takes away.
            _byNormal[name] = name;
        }

        foreach (var (line, name) in _lines)
        {
            _byNormal.TryAdd(Normalize(line), name);
        }

        Written =
        [
            .. All.SelectMany(name => (string[])[name, name.Replace('_', ' '), name.Replace(' ', '_'), name.Replace(' ', '-')])
                .Where(name => name.Trim().Length > 0)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
    }

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
        return _byNormal.TryGetValue(trimmed, out var exact) ? exact : _byNormal.GetValueOrDefault(Normalize(trimmed));
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
    public bool IsNone(string text) => text.Length <= 64 && Find(text) is null && NoneWords.Contains(Normalize(text));

    /// <summary>Lower case, without quotes and marks around it, every run of blanks, hyphens and underscores one blank.</summary>
    public static string Normalize(string text)
    {
        var normal = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c) || c is '_' or '-')
            {
                if (normal.Length > 0 && normal[^1] != ' ')
                {
                    normal.Append(' ');
                }
            }
            else if (!IsDecoration(c))
            {
                normal.Append(char.ToLowerInvariant(c));
            }
        }

        var end = normal.Length;
        while (end > 0 && (normal[end - 1] is ' ' || IsEndMark(normal[end - 1])))
        {
            end--;
        }

        return normal.ToString(0, end);
    }

    private static bool IsDecoration(char c) =>
        c
            is '"'
                or '\''
                or '`'
                or '*'
                or '“'
                or '”'
                or '‘'
                or '’'
                or '«'
                or '»'
                or '['
                or ']'
                or '('
                or ')'
                or '{'
                or '}'
                or '<'
                or '>'
                or '#'
                or '•';

    private static bool IsEndMark(char c) => c is '.' or ',' or ';' or ':' or '!' or '?' or '。';
}
