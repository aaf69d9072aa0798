namespace HavenVlm.Core.Workflows.Running;

/// <summary>
/// How long a run has been without an answer, for <c>vlm.giveUpAfter</c>. It has to survive restarts, so it is counted by the wall clock of
/// the history; but piece by piece, each at most as long as it can really have taken. A clock that jumps, and hours in which the program
/// was off, therefore count for little: neither ends a run that waited minutes, nor does a clock that is set back keep one forever.
/// </summary>
internal static class OutageCount
{
    // The chunks of a round stop at their deadline; the rest is for steps that are tried again.
    private static readonly TimeSpan LongestRound = TimeSpan.FromMinutes(10);

    /// <summary>Adds a round that brought no answer.</summary>
    public static TimeSpan WithRound(this TimeSpan outage, DateTimeOffset began, DateTimeOffset ended) =>
        outage.With(ended - began, LongestRound);

    /// <summary>Adds a wait between two rounds.</summary>
    /// <param name="outage">The count so far.</param>
    /// <param name="began">When the timer was set.</param>
    /// <param name="ended">When it fired.</param>
    /// <param name="asked">How long it was meant to take.</param>
    public static TimeSpan WithWait(this TimeSpan outage, DateTimeOffset began, DateTimeOffset ended, TimeSpan asked) =>
        // A shorter time was measured by a clock that was set back meanwhile.
        outage + (ended - began < asked ? asked : TimeSpan.Zero.With(ended - began, asked + TimeSpan.FromMinutes(1)));

    private static TimeSpan With(this TimeSpan outage, TimeSpan elapsed, TimeSpan most) =>
        outage + TimeSpan.FromTicks(Math.Clamp(elapsed.Ticks, 0, most.Ticks));
}
