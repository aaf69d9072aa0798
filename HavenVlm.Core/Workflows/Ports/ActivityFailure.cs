using HavenVlm.Core.Common;

namespace HavenVlm.Core.Workflows.Ports;

/// <summary>How an activity failed, as it is kept in the history.</summary>
/// <param name="ErrorType">Full name of the exception's type.</param>
/// <param name="Message">What happened, for the user; free of secrets.</param>
/// <param name="IsPermanent">Whether trying again cannot help.</param>
public sealed record ActivityFailure(string ErrorType, string Message, bool IsPermanent)
{
    /// <summary>The failure that an exception amounts to.</summary>
    public static ActivityFailure From(Exception exception) =>
        new(exception.GetType().FullName ?? exception.GetType().Name, exception.Message, exception is PermanentFailureException);
}

/// <summary>An activity failed; thrown into the orchestrator.</summary>
public sealed class ActivityFailedException(string activity, ActivityFailure failure) : Exception($"{activity}: {failure.Message}")
{
    /// <summary>Name of the activity.</summary>
    public string Activity { get; } = activity;

    /// <summary>How it failed.</summary>
    public ActivityFailure Failure { get; } = failure;
}
