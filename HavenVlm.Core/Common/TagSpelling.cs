using System.Text;

namespace HavenVlm.Core.Common;

/// <summary>What spellings of a tag's name have in common.</summary>
internal static class TagSpelling
{
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
