using System.Buffers;
using System.Text;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>Parts a reply into what the model thought and what it answered.</summary>
internal static class ThoughtBlocks
{
    private const string FinalChannel = "<|message|>";

    private static readonly (string Open, string Close)[] Marks =
    [
        ("<think>", "</think>"),
        ("<thinking>", "</thinking>"),
        ("<thought>", "</thought>"),
        ("<reasoning>", "</reasoning>"),
        ("[THINK]", "[/THINK]"),
        ("◁think▷", "◁/think▷"),
        ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ];

    private static readonly SearchValues<string> AnyMark = SearchValues.Create(
        [.. Marks.Select(mark => mark.Open), .. Marks.Select(mark => mark.Close)],
        StringComparison.OrdinalIgnoreCase
    );

    /// <summary>The answer without thoughts, and the thoughts. A closing mark alone ends a thought that began in the prompt; an opening mark alone makes the rest a thought.</summary>
    public static (string Answer, string Thoughts) Split(string text)
    {
        if (text.LastIndexOf(FinalChannel, StringComparison.Ordinal) is var channel and >= 0)
        {
            return (text[(channel + FinalChannel.Length)..], text[..channel]);
        }

        if (!text.AsSpan().ContainsAny(AnyMark))
        {
            return (text, "");
        }

        var answer = new StringBuilder();
        var thoughts = new StringBuilder();
        var rest = text.AsSpan();
        while (rest.IndexOfAny(AnyMark) is var at and >= 0)
        {
            answer.Append(rest[..at]);
            rest = rest[at..];
            var opened = OpenedBy(rest);
            if (opened is null)
            {
                thoughts.Append(answer);
                answer.Clear();
                rest = rest[ClosedBy(rest)..];
                continue;
            }

            var mark = opened.Value;
            rest = rest[mark.Open.Length..];
            var end = rest.IndexOf(mark.Close, StringComparison.OrdinalIgnoreCase);
            if (end < 0)
            {
                thoughts.Append(rest);
                rest = [];
                break;
            }

            thoughts.Append(rest[..end]);
            rest = rest[(end + mark.Close.Length)..];
        }

        return (answer.Append(rest).ToString(), thoughts.ToString());
    }

    private static (string Open, string Close)? OpenedBy(ReadOnlySpan<char> text)
    {
        foreach (var mark in Marks)
        {
            if (text.StartsWith(mark.Open, StringComparison.OrdinalIgnoreCase))
            {
                return mark;
            }
        }

        return null;
    }

    private static int ClosedBy(ReadOnlySpan<char> text)
    {
        foreach (var mark in Marks)
        {
            if (text.StartsWith(mark.Close, StringComparison.OrdinalIgnoreCase))
            {
                return mark.Close.Length;
            }
        }

        return 1;
    }
}
