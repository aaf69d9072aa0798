using Azure;
using Azure.Identity;

namespace HavenVlm.Functions.Storage;

/// <summary>What a failed call to the storage service means.</summary>
internal static class StorageFault
{
    /// <summary>Whether the service, the way to it or the sign-in failed, as opposed to our code or the caller giving up.</summary>
    public static bool IsFault(Exception e, CancellationToken cancellationToken) =>
        e switch
        {
            RequestFailedException or AuthenticationFailedException or IOException or HttpRequestException => true,
            // Every try failed.
            AggregateException all => all.InnerExceptions.All(inner => IsFault(inner, cancellationToken)),
            // A call's own time limit.
            OperationCanceledException => !cancellationToken.IsCancellationRequested,
            _ => false,
        };

    /// <summary>Whether the same call may go through later: the way is broken, or the service is busy or restarting.</summary>
    public static bool IsPassing(Exception e, CancellationToken cancellationToken) =>
        e is RequestFailedException { Status: not 0 } answer
            ? answer.Status is 408 or 429 or >= 500
            : e is not AuthenticationFailedException && IsFault(e, cancellationToken);

    /// <summary>One line for people, without what is secret.</summary>
    public static string Describe(Exception e) =>
        e switch
        {
            RequestFailedException { Status: 403 } answer =>
                $"access denied ({answer.ErrorCode}). The app's identity needs the roles Storage Blob Data Owner and Storage Queue Data Contributor, or the key is wrong.",
            RequestFailedException { Status: > 0 } answer => $"HTTP {answer.Status} {answer.ErrorCode}",
            AuthenticationFailedException => "signing in failed: " + FirstLine(e.Message),
            AggregateException { InnerExceptions.Count: > 0 } all => Describe(all.InnerExceptions[^1]),
            OperationCanceledException => "no answer in time",
            _ => FirstLine(e.Message),
        };

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();
}
