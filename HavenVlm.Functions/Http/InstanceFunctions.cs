using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HavenVlm.Functions.Http;

/// <summary>The calls under <c>api/instances</c>.</summary>
/// <param name="api">Answers them.</param>
public sealed class InstanceFunctions(ApiCalls api)
{
    /// <summary>Instances, latest first; the header x-ms-continuation-token leads to the next page.</summary>
    [Function(nameof(InstanceList))]
    public Task<IResult> InstanceList(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/instances")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>State of an instance: 202 while it runs, 200 when it has ended.</summary>
    [Function(nameof(InstanceGet))]
    public Task<IResult> InstanceGet(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/instances/{id}")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Ends an instance, and the scenes that it started.</summary>
    [Function(nameof(InstanceTerminate))]
    public Task<IResult> InstanceTerminate(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/instances/{id}/terminate")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Holds an instance, and the scenes that it started.</summary>
    [Function(nameof(InstanceSuspend))]
    public Task<IResult> InstanceSuspend(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/instances/{id}/suspend")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Resumes a suspended instance.</summary>
    [Function(nameof(InstanceResume))]
    public Task<IResult> InstanceResume(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/instances/{id}/resume")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Starts an ended instance again.</summary>
    [Function(nameof(InstanceRetry))]
    public Task<IResult> InstanceRetry(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/instances/{id}/retry")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Forgets an ended instance.</summary>
    [Function(nameof(InstancePurge))]
    public Task<IResult> InstancePurge(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/instances/{id}")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);
}
