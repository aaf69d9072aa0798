namespace HavenVlm.Core.Vlm.Pool;

/// <summary>How many requests may be repeated elsewhere while the first is still out: a share of all, so that a slow day does not double the bill.</summary>
internal sealed class HedgeBudget
{
    private const double Share = 0.02;
    private const double MaxTokens = 20;
    private double _tokens;

    /// <summary>A request was made.</summary>
    public void Earn() => _tokens = Math.Min(_tokens + Share, MaxTokens);

    /// <summary>Takes the right to repeat one request.</summary>
    public bool TryTake()
    {
        // Fifty additions of 0.02 fall short of one by rounding.
        if (_tokens < 1 - 1e-9)
        {
            return false;
        }

        _tokens -= 1;
        return true;
    }

    /// <summary>The right was not used.</summary>
    public void Return() => _tokens = Math.Min(_tokens + 1, MaxTokens);
}
