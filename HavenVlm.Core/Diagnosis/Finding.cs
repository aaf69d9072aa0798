namespace HavenVlm.Core.Diagnosis;

/// <summary>How good it is what was found.</summary>
public enum FindingKind
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>It works, and the user should know about it.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Failed,

    /// <summary>It could not be checked because something else does not work.</summary>
    Skipped,
}

/// <summary>One thing that was checked.</summary>
/// <param name="Subject">What: a few words.</param>
/// <param name="Kind">How good.</param>
/// <param name="Message">What was found, and when it is not good what to do; free of secrets.</param>
public sealed record Finding(string Subject, FindingKind Kind, string Message)
{
    internal static Finding Good(string subject, string message) => new(subject, FindingKind.Good, message);

    internal static Finding Warning(string subject, string message) => new(subject, FindingKind.Warning, message);

    internal static Finding Failed(string subject, string message) => new(subject, FindingKind.Failed, message);

    internal static Finding Skipped(string subject, string message) => new(subject, FindingKind.Skipped, message);
}
