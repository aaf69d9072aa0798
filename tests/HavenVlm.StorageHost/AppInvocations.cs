using System.Text.Json;
using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Middleware;
using Google.Protobuf;
using HavenVlm.Core.Workflows.Ports;
using HavenVlm.Functions.Workflows;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker.Grpc;
using P = Microsoft.DurableTask.Protobuf;

namespace HavenVlm.StorageHost;

/// <summary>Hands orchestrators and activities from the framework to the app as the extension in the Functions host does.</summary>
internal sealed class AppInvocations(WorkflowCatalog catalog, ActivityRunner runner, DurableClients clients)
{
    /// <summary>Replays the history with the app's orchestrator, which answers with what is to be done next.</summary>
    public Task RunOrchestratorAsync(DispatchMiddlewareContext context)
    {
        var state = context.GetProperty<OrchestrationRuntimeState>();
        var request = new P.OrchestratorRequest { InstanceId = context.GetProperty<DurableTask.Core.OrchestrationInstance>().InstanceId };
        request.PastEvents.AddRange(state.PastEvents.Select(ProtobufUtils.ToHistoryEventProto));
        request.NewEvents.AddRange(state.NewEvents.Select(ProtobufUtils.ToHistoryEventProto));
        var encoded = GrpcOrchestrationRunner.LoadAndRun<JsonElement?, JsonElement>(
            Convert.ToBase64String(request.ToByteArray()),
            (inner, input) => Orchestrators.RunAsync(catalog, state.Name, inner, input),
            services: null
        );
        var response = P.OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String(encoded));
        context.SetProperty(
            new OrchestratorExecutionResult
            {
                Actions = [.. response.Actions.Select(ProtobufUtils.ToOrchestratorAction)],
                CustomStatus = response.CustomStatus,
            }
        );
        return Task.CompletedTask;
    }

    /// <summary>Runs an activity; of a failure, only type and message cross over.</summary>
    public async Task RunActivityAsync(DispatchMiddlewareContext context)
    {
        var scheduled = context.GetProperty<TaskScheduledEvent>();
        var input = DurableJson.ParseOrQuote(scheduled.Input) ?? default;
        if (input is { ValueKind: JsonValueKind.Array } arguments && arguments.GetArrayLength() == 1)
        {
            // The framework keeps the arguments of a method; activities have one.
            input = arguments[0];
        }

        HistoryEvent outcome;
        try
        {
            var output = await runner.RunAsync(scheduled.Name!, input, clients.Current, CancellationToken.None);
            outcome = new TaskCompletedEvent(-1, scheduled.EventId, output.GetRawText());
        }
        catch (Exception e)
        {
            var failure = new FailureDetails(e.GetType().FullName!, e.Message, e.StackTrace, innerFailure: null, isNonRetriable: false);
            var reason = $"Function '{scheduled.Name}' failed with an unhandled exception.";
            outcome = new TaskFailedEvent(-1, scheduled.EventId, reason, details: null, failure);
        }

        context.SetProperty(new ActivityExecutionResult { ResponseEvent = outcome });
    }
}
