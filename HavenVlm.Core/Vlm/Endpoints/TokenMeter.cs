using HavenVlm.Core.Vlm.Contracts;

namespace HavenVlm.Core.Vlm.Endpoints;

/// <summary>
/// Counts the tokens of an endpoint's replies, usable or not, since the start, and notices when the server's prompt cache is not used: every
/// request begins with the same instructions. Safe for concurrent use.
/// </summary>
internal sealed class TokenMeter
{
    /// <summary>What to say of a cache that is not used.</summary>
    public const string UnusedCache =
        "its prompt cache is not used: every request begins with the same instructions, and none of their tokens came from the cache. "
        + "Usual causes: a chat template that puts pictures first, fewer slots for prompts than requests at once, or a cache that is switched off";

    private const int RepliesOfVerdict = 50;
    private const double LeastShare = 0.25;

    private readonly Lock _gate = new();
    private TokenUsage _total;
    private int _repliesWithoutCache;

    /// <summary>The tokens so far; a count is null while no reply had it.</summary>
    public TokenUsage Total
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    /// <summary>Whether the last 50 replies say how many tokens came from a cache, and none did.</summary>
    public bool IsCacheUnused
    {
        get
        {
            lock (_gate)
            {
                return _repliesWithoutCache >= RepliesOfVerdict;
            }
        }
    }

    /// <summary>Adds a reply.</summary>
    /// <param name="usage">What the server counted.</param>
    /// <param name="sharedTokens">About how many tokens each request begins with alike; too few for this server to keep = 0.</param>
    public void Add(TokenUsage usage, double sharedTokens)
    {
        lock (_gate)
        {
            _total += usage;
            if (usage.Cached is { } cached && sharedTokens > 0)
            {
                _repliesWithoutCache = cached >= LeastShare * sharedTokens ? 0 : _repliesWithoutCache + 1;
            }
        }
    }
}
