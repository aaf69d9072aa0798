using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HavenVlm.Functions.Http;

/// <summary>The calls about what is known of a scene.</summary>
/// <param name="api">Answers them.</param>
public sealed class SceneFunctions(ApiCalls api)
{
    /// <summary>Answers, spans and markers of a scene's latest log.</summary>
    [Function(nameof(SceneTimeline))]
    public Task<IResult> SceneTimeline(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/scenes/{id}/timeline")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>The picture at a time, as JPEG.</summary>
    [Function(nameof(SceneFrame))]
    public Task<IResult> SceneFrame(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/scenes/{id}/frame")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Marker settings of this scene alone; {} = none.</summary>
    [Function(nameof(SceneSettingsGet))]
    public Task<IResult> SceneSettingsGet(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/scenes/{id}/settings")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Keeps marker settings of this scene alone; {} clears them.</summary>
    [Function(nameof(SceneSettingsPut))]
    public Task<IResult> SceneSettingsPut(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "api/scenes/{id}/settings")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Names in replies that are no tag.</summary>
    [Function(nameof(UnknownTagNames))]
    public Task<IResult> UnknownTagNames(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/tags/unknown")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);
}
