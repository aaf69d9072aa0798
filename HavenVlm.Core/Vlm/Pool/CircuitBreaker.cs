using HavenVlm.Core.Vlm.Endpoints;

namespace HavenVlm.Core.Vlm.Pool;

/// <summary>
/// Keeps requests away from an endpoint that fails, and lets single ones through to see whether it is back.
/// Times are those of the pool's clock. Not safe for threads: the pool's lock covers it.
/// </summary>
internal sealed class CircuitBreaker(Random random)
{
    private const int FailureThreshold = 5;
    private const int RefusalThreshold = 4;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestPauseAfterHang = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // "Retry-After: 0" from a server that goes on refusing must not become a busy loop.
    private static readonly TimeSpan ShortestRequestedPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRequestedPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan MisconfiguredPause = TimeSpan.FromMinutes(5);
    private int _failures;

    /// <summary>Changes whenever it opens: results of requests from before tell nothing new.</summary>
    public int Generation { get; private set; }

    /// <summary>How often it opened since the last answer.</summary>
    public int Openings { get; private set; }

    /// <summary>Whether requests flow freely.</summary>
    public bool IsClosed { get; private set; } = true;

    /// <summary>Whether a request is out that decides.</summary>
    public bool IsProbing { get; private set; }

    /// <summary>When the next probe is due.</summary>
    public TimeSpan OpenUntil { get; private set; }

    /// <summary>What opened it last.</summary>
    public FailureKind Cause { get; private set; }

    /// <summary>What opened it, in words; empty while closed.</summary>
    public string Message { get; private set; } = "";

    /// <summary>Whether one request may go out to see whether the endpoint is back.</summary>
    public bool IsProbeDue(TimeSpan now) => !IsClosed && !IsProbing && now >= OpenUntil;

    /// <summary>A request goes out.</summary>
    public void Begin() => IsProbing = !IsClosed;

    /// <summary>The server answered.</summary>
    public void Succeeded(int generation)
    {
        if (generation != Generation)
        {
            return;
        }

        IsClosed = true;
        IsProbing = false;
        Message = "";
        _failures = 0;
        Openings = 0;
    }

    /// <summary>The request ended without telling anything about the endpoint.</summary>
    public void Abandoned(int generation)
    {
        if (generation == Generation)
        {
            IsProbing = false;
        }
    }

    /// <summary>The request failed for a reason of the endpoint.</summary>
    /// <param name="generation"><see cref="Generation"/> when it went out.</param>
    /// <param name="failure">Why.</param>
    /// <param name="wasSilent">Whether the endpoint had answered nobody for long.</param>
    /// <param name="now">Time on the pool's clock.</param>
    public void Failed(int generation, EndpointFailureException failure, bool wasSilent, TimeSpan now)
    {
        if (generation != Generation)
        {
            // Of many requests refused at once the one that was told to wait longest counts.
            if (failure.RetryAfter is { } wait && !IsClosed && Cause == FailureKind.Overloaded)
            {
                OpenUntil = Max(OpenUntil, now + Min(wait, LongestRequestedPause));
            }

            return;
        }

        _failures++;
        var opensAtOnce =
            failure.Kind is FailureKind.Unreachable or FailureKind.Overloaded or FailureKind.Misconfigured or FailureKind.Down
            || (failure.Kind == FailureKind.Timeout && wasSilent);
        if (!IsClosed || opensAtOnce || _failures >= FailureThreshold)
        {
            Open(failure, now);
        }
    }

    /// <summary>The endpoint hung and everybody who waited for it gave up: look again after a while.</summary>
    public void Hung(int generation, TimeSpan now)
    {
        if (generation == Generation)
        {
            Open(new EndpointFailureException(FailureKind.Timeout, "it stopped answering"), now);
        }
    }

    /// <summary>Something was changed that may have fixed it: the next request looks.</summary>
    public void ProbeNow(TimeSpan now) => OpenUntil = Min(OpenUntil, now);

    private void Open(EndpointFailureException failure, TimeSpan now)
    {
        OpenUntil = now + PauseAfter(failure);
        IsClosed = false;
        IsProbing = false;
        Cause = failure.Kind;
        Message = failure.Message;
        _failures = 0;
        Openings++;
        Generation++;
    }

    private TimeSpan PauseAfter(EndpointFailureException failure)
    {
        if (failure.RetryAfter is { } wait)
        {
            // One that keeps saying "in a second" and then refuses again is away: who waits has to hear of it.
            var least =
                Openings < RefusalThreshold
                    ? ShortestRequestedPause
                    : Min(ShortestPause * Math.Pow(2, Math.Min(Openings - RefusalThreshold + 1, 10)), LongestPause);
            return Max(Min(wait, LongestRequestedPause), least);
        }

        if (failure.Kind == FailureKind.Misconfigured)
        {
            return MisconfiguredPause;
        }

        var first = failure.Kind == FailureKind.Timeout ? ShortestPauseAfterHang : ShortestPause;
        var pause = Min(first * Math.Pow(2, Math.Min(Openings, 10)), LongestPause);
        // Spread, so that many processes do not all come back in the same moment.
        return pause * (0.9 + (0.2 * random.NextDouble()));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
