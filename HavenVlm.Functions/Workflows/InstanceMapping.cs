using System.Text.Json;
using System.Text.RegularExpressions;
using HavenVlm.Core.Common;
using HavenVlm.Core.Workflows.Ports;
using Microsoft.DurableTask.Client;
using OrchestrationMetadata = Microsoft.DurableTask.Client.OrchestrationMetadata;

namespace HavenVlm.Functions.Workflows;

/// <summary>From the engine's description of an instance to the product's.</summary>
internal static partial class InstanceMapping
{
    // The storage keeps no details of a failure, only its text, with the exception's type before it.
    [GeneratedRegex(@"^([A-Za-z_]\w*[.+])+\w*Exception: ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TypeOfFailure();

    public static OrchestrationInstance From(OrchestrationMetadata metadata, bool withInput) =>
        new()
        {
            Name = metadata.Name,
            InstanceId = InstanceId.Known(metadata.InstanceId),
            RuntimeStatus = StatusOf(metadata.RuntimeStatus),
            Input = withInput ? ContinuedRun.InputOf(metadata.SerializedInput) : null,
            CustomStatus = DurableJson.ParseOrQuote(metadata.SerializedCustomStatus),
            Output = OutputOf(metadata),
            CreatedTime = ContinuedRun.CreatedOf(metadata.SerializedInput) ?? metadata.CreatedAt,
            LastUpdatedTime = metadata.LastUpdatedAt,
        };

    public static RuntimeStatus StatusOf(OrchestrationRuntimeStatus status) =>
        status switch
        {
            OrchestrationRuntimeStatus.Pending => RuntimeStatus.Pending,
            OrchestrationRuntimeStatus.Suspended => RuntimeStatus.Suspended,
            OrchestrationRuntimeStatus.Completed => RuntimeStatus.Completed,
            OrchestrationRuntimeStatus.Failed => RuntimeStatus.Failed,
            OrchestrationRuntimeStatus.Terminated => RuntimeStatus.Terminated,
            // Continued as new: between two histories of an instance that runs.
            _ => RuntimeStatus.Running,
        };

    public static OrchestrationRuntimeStatus StatusOf(RuntimeStatus status) =>
        status switch
        {
            RuntimeStatus.Pending => OrchestrationRuntimeStatus.Pending,
            RuntimeStatus.Suspended => OrchestrationRuntimeStatus.Suspended,
            RuntimeStatus.Completed => OrchestrationRuntimeStatus.Completed,
            RuntimeStatus.Failed => OrchestrationRuntimeStatus.Failed,
            RuntimeStatus.Terminated => OrchestrationRuntimeStatus.Terminated,
            _ => OrchestrationRuntimeStatus.Running,
        };

    private static JsonElement? OutputOf(OrchestrationMetadata metadata) =>
        metadata switch
        {
            { RuntimeStatus: OrchestrationRuntimeStatus.Failed, FailureDetails.ErrorMessage: { Length: > 0 } reason } =>
                JsonSerializer.SerializeToElement(reason, HavenJson.Options),
            { RuntimeStatus: OrchestrationRuntimeStatus.Failed, SerializedOutput: { Length: > 0 } text } =>
                JsonSerializer.SerializeToElement(TypeOfFailure().Replace(text, ""), HavenJson.Options),
            { IsCompleted: true } => DurableJson.ParseOrQuote(metadata.SerializedOutput),
            _ => null,
        };
}
