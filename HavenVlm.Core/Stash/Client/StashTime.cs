namespace HavenVlm.Core.Stash.Client;

/// <summary>Times as Stash writes them: RFC 3339 with the server's own offset, which changes with daylight saving.</summary>
internal static class StashTime
{
    /// <summary>Whether two texts mean the same second.</summary>
    public static bool Same(string? a, string? b)
    {
        if (string.Equals(a, b, StringComparison.Ordinal))
        {
            return true;
        }

        return DateTimeOffset.TryParse(a, out var first)
            && DateTimeOffset.TryParse(b, out var second)
            && first.ToUnixTimeSeconds() == second.ToUnixTimeSeconds();
    }
}
