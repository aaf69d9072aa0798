namespace HavenVlm.Simulation.Stash.State;

/// <summary>The order of names in Stash: without regard to case, numbers by their value.</summary>
internal static class NaturalOrder
{
    public static IComparer<string?> Comparer { get; } = Comparer<string?>.Create(Compare);

    private static int Compare(string? left, string? right)
    {
        var (a, b) = (left ?? "", right ?? "");
        var (i, j) = (0, 0);
        while (i < a.Length && j < b.Length)
        {
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                var x = Digits(a, ref i);
                var y = Digits(b, ref j);
                var byValue = x.Length != y.Length ? x.Length.CompareTo(y.Length) : x.SequenceCompareTo(y);
                if (byValue != 0)
                {
                    return byValue;
                }

                continue;
            }

            var byLetter = char.ToUpperInvariant(a[i++]).CompareTo(char.ToUpperInvariant(b[j++]));
            if (byLetter != 0)
            {
                return byLetter;
            }
        }

        return (a.Length - i).CompareTo(b.Length - j);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int position)
    {
        var start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        return text.AsSpan(start, position - start).TrimStart('0');
    }
}
