using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace HavenVlm.Functions.Http;

/// <summary>The calls that ask for work.</summary>
/// <param name="api">Answers them.</param>
public sealed class RequestFunctions(ApiCalls api)
{
    /// <summary>Analyzes scenes: the ones named, a saved filter's, or all with VLM_TagMe.</summary>
    [Function(nameof(TagScenesStart))]
    public Task<IResult> TagScenesStart(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/scenes/tag")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Rebuilds scenes with today's settings: the ones named, or all with VLM_UpdateMe.</summary>
    [Function(nameof(UpdateScenesStart))]
    public Task<IResult> UpdateScenesStart(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/scenes/update")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Finds marker settings from a scene whose markers the user corrected.</summary>
    [Function(nameof(MarkerSettingsStart))]
    public Task<IResult> MarkerSettingsStart(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/marker-settings")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Analyzes images: the ones named, or all with VLM_TagMe or VLM_UpdateMe and all in galleries with one.</summary>
    [Function(nameof(TagImagesStart))]
    public Task<IResult> TagImagesStart(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/images/tag")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Exports markers and images with VLM_Incorrect, then takes the tag off.</summary>
    [Function(nameof(IncorrectCollectStart))]
    public Task<IResult> IncorrectCollectStart(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/incorrect/collect")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Removes from Stash what Haven VLM wrote: for the scenes and images named, or all.</summary>
    [Function(nameof(UndoStart))]
    public Task<IResult> UndoStart(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/undo")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Checks request tags now, as the timer does.</summary>
    [Function(nameof(SweepStart))]
    public Task<IResult> SweepStart(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/sweep")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);

    /// <summary>Takes what Stash gives a plugin hook; makes a sweep due when tags changed.</summary>
    [Function(nameof(StashHook))]
    public Task<IResult> StashHook(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/stash/hook")] HttpRequest request,
        [DurableClient] DurableTaskClient client
    ) => api.AnswerAsync(request, client);
}
