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

    private static double? SumOfKnown(double? a, double? b) => a is null && b is null ? null : (a ?? 0) + (b ?? 0);
}
