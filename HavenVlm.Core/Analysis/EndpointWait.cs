namespace HavenVlm.Core.Analysis;

/// <summary>
/// The rule of <c>vlm.giveUpAfter</c>, for scenes, images and <c>analyze</c> alike. What it is given is time that passed, never a difference
/// of wall clocks.
/// </summary>
internal static class EndpointWait
{
    /// <summary>
    /// How long to wait for an endpoint. It may be away for longer than is waited: then it is asked once more at the limit, not when it
    /// expects to be back. Null = the limit is reached.
    /// </summary>
    /// <param name="asked">How long the endpoints ask to wait.</param>
    /// <param name="withoutAnswer">Time that passed since the last answer.</param>
    /// <param name="limit">See <c>vlm.giveUpAfter</c>; null = none.</param>
    public static TimeSpan? Within(TimeSpan asked, TimeSpan withoutAnswer, TimeSpan? limit)
    {
        var left = limit - withoutAnswer;
        return left is null || left > asked ? asked
            : left > TimeSpan.Zero ? left
            : null;
    }

    /// <summary>Why it is given up.</summary>
    /// <param name="limit">The limit that is reached.</param>
    /// <param name="lastAnswer">When the last answer came; null = not known.</param>
    /// <param name="reason">What is wrong with the endpoints.</param>
    public static string GivenUp(TimeSpan? limit, DateTimeOffset? lastAnswer, string? reason) =>
        $"No endpoint answered for {limit} (vlm.giveUpAfter){(lastAnswer is { } last ? $", last since {last:u}" : "")}. {reason}";
}
