using System.Text;
using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.Vlm.Replies;

/// <summary>How probable the tokens of a reply are that spell a tag: the product of their probabilities.</summary>
internal sealed class TokenProbabilities
{
    private readonly byte[] _text;
    private readonly int[] _ends;
    private readonly double[] _logprobs;
    private int _cursor;

    /// <summary>The tokens of a reply, in order.</summary>
    public TokenProbabilities(IReadOnlyList<ReplyToken> tokens)
    {
        _text = [.. tokens.SelectMany(token => token.Utf8)];
        _ends = new int[tokens.Count];
        _logprobs = [.. tokens.Select(token => token.Logprob)];
        var end = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            _ends[i] = end += tokens[i].Utf8.Length;
        }
    }

    /// <summary>Whether the server told any.</summary>
    public bool IsKnown => _ends.Length > 0;

    /// <summary>The probability of the next place where the text stands; null when it is not found.</summary>
    public double? Next(string written)
    {
        var wanted = Encoding.UTF8.GetBytes(written);
        var at = Find(wanted, _cursor);
        if (at < 0)
        {
            return null;
        }

        _cursor = at + wanted.Length;
        var first = Array.BinarySearch(_ends, at + 1);
        var sum = 0.0;
        for (var i = first < 0 ? ~first : first; i < _ends.Length; i++)
        {
            sum += _logprobs[i];
            if (_ends[i] >= _cursor)
            {
                break;
            }
        }

        return double.IsNaN(sum) ? null : Math.Clamp(Math.Exp(sum), 0, 1);
    }

    private int Find(byte[] wanted, int from)
    {
        var at = _text.AsSpan(from).IndexOf(wanted);
        return at < 0 ? -1 : from + at;
    }
}
