using HavenVlm.Core.Common;
using Microsoft.Extensions.Logging;

namespace HavenVlm.Core.Workflows.Ports;

/// <summary>
/// What an orchestrator may use, in the vocabulary and semantics of the Durable Task Framework. Orchestrators are replayed:
/// everything that is not in their input or does not come from here would differ the next time.
/// </summary>
public interface IOrchestrationContext
{
    /// <summary>Id of the instance that runs.</summary>
    InstanceId InstanceId { get; }

    /// <summary>The current time, the same at every replay.</summary>
    DateTimeOffset CurrentUtc { get; }

    /// <summary>Whether what runs now has run before.</summary>
    bool IsReplaying { get; }

    /// <summary>Runs an activity at least once and returns its result; one attempt, see <see cref="ActivityRetry"/> for more.</summary>
    /// <exception cref="ActivityFailedException">The activity threw.</exception>
    Task<TResult> CallActivityAsync<TResult>(string name, object? input);

    /// <summary>A timer that survives restarts. Cancelling it frees it; an orchestrator must not end with one it no longer needs.</summary>
    Task CreateTimerAsync(DateTimeOffset fireAt, CancellationToken cancellationToken);

    /// <summary>Sets what the status shows while the instance runs and after it ended.</summary>
    void SetCustomStatus(object? status);

    /// <summary>Ends this run and starts the next of the same instance with an empty history and this input.</summary>
    void ContinueAsNew(object? input);

    /// <summary>A logger that is silent during replay.</summary>
    ILogger CreateReplaySafeLogger(string category);
}

/// <summary>An orchestrator: deterministic, created for every run.</summary>
/// <typeparam name="TInput">Its input, under a few kilobytes as JSON.</typeparam>
/// <typeparam name="TOutput">Its output, under a few kilobytes as JSON.</typeparam>
public interface IOrchestrator<in TInput, TOutput>
{
    /// <summary>Runs from the beginning, at every replay again.</summary>
    Task<TOutput> RunAsync(IOrchestrationContext context, TInput input);
}

/// <summary>An activity: does the work, at least once for every call, so each is idempotent.</summary>
/// <typeparam name="TInput">Its input, under a few kilobytes as JSON.</typeparam>
/// <typeparam name="TOutput">Its output, under a few kilobytes as JSON.</typeparam>
public interface IActivity<in TInput, TOutput>
{
    /// <summary>Does the work. Throw <see cref="PermanentFailureException"/> where trying again cannot help.</summary>
    Task<TOutput> RunAsync(TInput input, CancellationToken cancellationToken);
}
