using System.Text.Json;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.DurableTask;

namespace HavenVlm.Functions.Workflows;

/// <summary>
/// How an activity's failure crosses from the worker to the orchestrator. Between them lies the host, which passes on the type's name
/// and the first line of the message; so the failure itself is that line, as JSON.
/// </summary>
internal sealed class ActivityFault(ActivityFailure failure, Exception innerException)
    : Exception(JsonSerializer.Serialize(failure, HavenJson.Options), innerException)
{
    /// <summary>The failure as the engine hands it over.</summary>
    public static ActivityFailure Read(TaskFailureDetails details)
    {
        for (var level = details; level is not null; level = level.InnerFailure)
        {
            if (Parse(level.ErrorMessage) is { } failure)
            {
                return failure;
            }
        }

        // The worker that ran it was killed, or the host could not run it: never permanent, another worker may do it.
        return new ActivityFailure(details.ErrorType, details.ErrorMessage, IsPermanent: false);
    }

    private static ActivityFailure? Parse(string message)
    {
        // An engine may put the type's name before the message.
        var start = message.IndexOf("{\"errorType\":", StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(message[start..]));
            return JsonSerializer.Deserialize<ActivityFailure>(ref reader, HavenJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
