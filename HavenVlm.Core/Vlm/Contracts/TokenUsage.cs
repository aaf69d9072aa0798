using System.Globalization;

namespace HavenVlm.Core.Vlm.Contracts;

/// <summary>
/// Tokens that requests took, as the servers count them; of a request with several pictures each has its share. Null = the server does not
/// say, which is never the same as zero.
/// </summary>
/// <param name="In">Tokens of the prompt, pictures and those from the cache included.</param>
/// <param name="Cached">Those of <paramref name="In"/> that the server had kept from an earlier request.</param>
/// <param name="Out">Tokens of the reply.</param>
public readonly record struct TokenUsage(double? In, double? Cached, double? Out)
{
    /// <summary>The sum of what is known of two.</summary>
    public static TokenUsage operator +(TokenUsage a, TokenUsage b) =>
        new(SumOfKnown(a.In, b.In), SumOfKnown(a.Cached, b.Cached), SumOfKnown(a.Out, b.Out));

    /// <summary>The sum of what is known of two.</summary>
    public TokenUsage Add(TokenUsage other) => this + other;

    /// <summary>The share of each of several pictures.</summary>
    public TokenUsage Over(int pictures) => new(In / pictures, Cached / pictures, Out / pictures);

    /// <summary>In whole tokens.</summary>
    public TokenUsage Rounded() => new(Whole(In), Whole(Cached), Whole(Out));

    /// <summary><c>18,400 tokens in, 12,100 cached, 900 out</c>; empty when nothing is known.</summary>
    public override string ToString()
    {
        (double? Count, string What)[] parts = [(In, " tokens in"), (Cached, " cached"), (Out, In is null ? " tokens out" : " out")];
        return string.Join(
            ", ",
            parts
                .Where(part => part.Count is not null)
                .Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count:#,0}{part.What}"))
        );
    }

    private static double? Whole(double? tokens) => tokens is { } count ? Math.Round(count) : null;

    private static double? SumOfKnown(double? a, double? b) => a is null && b is null ? null : (a ?? 0) + (b ?? 0);
}
