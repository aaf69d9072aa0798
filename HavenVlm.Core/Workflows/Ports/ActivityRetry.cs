namespace HavenVlm.Core.Workflows.Ports;

/// <summary>How often and how far apart an activity is tried; permanent failures are not tried again.</summary>
/// <param name="MaxAttempts">Attempts in all, the first included; 1 or more.</param>
/// <param name="FirstInterval">Wait before the second attempt.</param>
/// <param name="BackoffCoefficient">Each further wait is this many times the one before; 1 or more.</param>
/// <param name="MaxInterval">No wait is longer.</param>
public sealed record ActivityRetryPolicy(int MaxAttempts, TimeSpan FirstInterval, double BackoffCoefficient, TimeSpan MaxInterval)
{
    /// <summary>The wait after a failed attempt (1 = the first).</summary>
    public TimeSpan IntervalAfter(int attempt)
    {
        var milliseconds = FirstInterval.TotalMilliseconds * Math.Pow(BackoffCoefficient, attempt - 1);
        return TimeSpan.FromMilliseconds(Math.Min(milliseconds, MaxInterval.TotalMilliseconds));
    }
}

/// <summary>Retrying as orchestrator code: durable timers between attempts, the same on every engine.</summary>
public static class ActivityRetry
{
    /// <summary>Calls an activity until it succeeds, fails for good, or the attempts are used up.</summary>
    /// <param name="context">The orchestration.</param>
    /// <param name="name">Name of the activity.</param>
    /// <param name="input">Its input.</param>
    /// <param name="policy">How often and how far apart.</param>
    /// <param name="waiting">Told about each failure that is waited out, so that the status can name it.</param>
    /// <param name="resumed">Told when such a wait is over, so that the status stops naming it.</param>
    /// <exception cref="ActivityFailedException">The last failure.</exception>
    public static async Task<TResult> CallActivityAsync<TResult>(
        this IOrchestrationContext context,
        string name,
        object? input,
        ActivityRetryPolicy policy,
        Action<ActivityFailure>? waiting = null,
        Action? resumed = null
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await context.CallActivityAsync<TResult>(name, input);
            }
            catch (ActivityFailedException e) when (!e.Failure.IsPermanent && attempt < policy.MaxAttempts)
            {
                // The wait itself comes after the catch block so that the stack of the failure is not kept across it.
                waiting?.Invoke(e.Failure);
            }

            await context.CreateTimerAsync(context.CurrentUtc + policy.IntervalAfter(attempt), CancellationToken.None);
            resumed?.Invoke();
        }
    }
}
