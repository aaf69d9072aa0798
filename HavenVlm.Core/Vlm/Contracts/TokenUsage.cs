namespace HavenVlm.Core.Vlm.Contracts;

/// <summary>Tokens that requests took, as the servers count them; of a request with several pictures each has its share.</summary>
/// <param name="In">Tokens of the prompt, pictures and those from the cache included.</param>
/// <param name="Cached">Those of <paramref name="In"/> that the server had kept from an earlier request.</param>
/// <param name="Out">Tokens of the reply.</param>
public readonly record struct TokenUsage(double In, double Cached, double Out)
{
    /// <summary>The sum of two.</summary>
    public static TokenUsage operator +(TokenUsage a, TokenUsage b) => new(a.In + b.In, a.Cached + b.Cached, a.Out + b.Out);

    /// <summary>The sum of two.</summary>
    public TokenUsage Add(TokenUsage other) => this + other;

    /// <summary>The share of each of several pictures.</summary>
    public TokenUsage Over(int pictures) => new(In / pictures, Cached / pictures, Out / pictures);
}
