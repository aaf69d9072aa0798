using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HavenVlm.Functions.Http;

/// <summary>The calls about the service itself, and its pages.</summary>
/// <param name="api">Answers them.</param>
public sealed class ServiceFunctions(ApiCalls api)
{
    /// <summary>What finding marker settings came to; the id is that of its instance.</summary>
    [Function(nameof(MarkerSettingsGet))]
    public Task<IResult> MarkerSettingsGet(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/marker-settings/{id}")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Sends no request to any endpoint until a time, or until they are resumed.</summary>
    [Function(nameof(EndpointsPause))]
    public Task<IResult> EndpointsPause(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/endpoints/pause")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Ends the pause of every endpoint.</summary>
    [Function(nameof(EndpointsResume))]
    public Task<IResult> EndpointsResume(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/endpoints/resume")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Sends no request to an endpoint until it is resumed.</summary>
    [Function(nameof(EndpointPause))]
    public Task<IResult> EndpointPause(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/endpoints/{name}/pause")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Uses a paused endpoint again.</summary>
    [Function(nameof(EndpointResume))]
    public Task<IResult> EndpointResume(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/endpoints/{name}/resume")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Version, Stash, endpoints, running and recent instances, totals.</summary>
    [Function(nameof(Status))]
    public Task<IResult> Status(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/status")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Server-sent events of status changes; ends after 60 s, reconnect then.</summary>
    [Function(nameof(Events))]
    public Task<IResult> Events(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/events")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    // The three below bind no durable client: the host cannot make one without WEBSITE_HOSTNAME, and they do not need it.

    /// <summary>200 when the process serves.</summary>
    [Function(nameof(Health))]
    public Task<IResult> Health([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request) =>
        api.AnswerAsync(request);

    /// <summary>The page for people; no data in it without the key.</summary>
    // The host takes an empty route for the name of the function; this one matches nothing but the empty path.
    [Function(nameof(Dashboard))]
    public Task<IResult> Dashboard(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "{ignored:maxlength(0)?}")] HttpRequest request
    ) => api.AnswerAsync(request);

    /// <summary>A script, style or picture of the page.</summary>
    [Function(nameof(DashboardFile))]
    public Task<IResult> DashboardFile(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "dashboard/{file}")] HttpRequest request
    ) => api.AnswerAsync(request);
}
